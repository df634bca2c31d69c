"""Reads a granted object and another one, through a renewal, and once more after the end. Prints a line for each, then both keys."""

import json
import os
import sys
import time

import valetkey
from botocore.exceptions import BotoCoreError, ClientError

bucket, inside, outside, seconds = sys.argv[1:]
# A key in the environment that the session of a task must never find.
os.environ.update(AWS_ACCESS_KEY_ID="AKIALONGLIVED", AWS_SECRET_ACCESS_KEY="decoy", AWS_SESSION_TOKEN="decoy")


def read(session, key):
    try:
        return session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode().strip()
    except ClientError as error:
        return error.response["Error"]["Code"]
    except BotoCoreError as error:
        return type(error).__name__


def held(task):
    now = task.credentials()
    return {"AccessKeyId": now.access_key_id, "SecretAccessKey": now.secret_access_key, "SessionToken": now.session_token}


grant = valetkey.aws(os.environ["VALETKEY_ACCOUNT"], ["s3:GetObject"], [f"arn:aws:s3:::{bucket}/reports/*"])
with valetkey.task(purpose="reports", ttl=600, intent=[grant]) as task:
    session = task.boto3_session(region="us-east-1")
    print(read(session, inside))
    first = held(task)
    print(read(session, outside))
    time.sleep(float(seconds))
    print(read(session, inside))
    last = held(task)
print(read(session, inside))
print(json.dumps({"first": first, "last": last}))

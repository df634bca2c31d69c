// Command main calls five services, and prints a line for each call. Shares no code with valetkey.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

func main() {
	ctx := context.Background()
	bucket, key, large, table, queue, function := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5], os.Args[6]
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		fmt.Println("no configuration:", err)
		os.Exit(1)
	}
	show := func(what string, value any, err error) {
		var refused smithy.APIError
		if errors.As(err, &refused) {
			value = refused.ErrorCode() + ": " + refused.ErrorMessage()
		} else if err != nil {
			value = err.Error()
		}
		fmt.Printf("%s: %v\n", what, value)
	}

	bucketOf := s3.NewFromConfig(cfg)
	_, err = bucketOf.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("week,orders")})
	show("put", "done", err)
	got, err := bucketOf.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	text := ""
	if err == nil {
		body, _ := io.ReadAll(got.Body)
		text = string(body)
	}
	show("get", text, err)
	url, err := s3.NewPresignClient(bucketOf).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err == nil {
		answer, failed := http.Get(url.URL)
		if err = failed; err == nil {
			body, _ := io.ReadAll(answer.Body)
			text = string(body)
		}
	}
	show("presigned", text, err)
	file, _ := os.Open(large)
	_, err = bucketOf.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("reports/large"), Body: file})
	show("upload", "done", err)
	head, err := bucketOf.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("reports/large")})
	size := int64(0)
	if err == nil {
		size = *head.ContentLength
	}
	show("size", size, err)

	tables := dynamodb.NewFromConfig(cfg)
	id := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "ü"}}
	_, err = tables.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: id})
	show("put item", "done", err)
	item, err := tables.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: id})
	value := ""
	if err == nil {
		value = item.Item["id"].(*types.AttributeValueMemberS).Value
	}
	show("get item", value, err)

	queues := sqs.NewFromConfig(cfg)
	_, err = queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &queue, MessageBody: aws.String("a job")})
	show("send", "done", err)
	received, err := queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &queue})
	body := ""
	if err == nil && len(received.Messages) > 0 {
		body = *received.Messages[0].Body
	}
	show("receive", body, err)

	caller, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	account := 0
	if err == nil {
		account = len(*caller.Account)
	}
	show("digits of the account", account, err)

	functions := lambda.NewFromConfig(cfg)
	listed, err := functions.ListFunctions(ctx, &lambda.ListFunctionsInput{MaxItems: aws.Int32(5)})
	count := -1
	if err == nil {
		count = len(listed.Functions)
	}
	show("functions", count, err)
	_, err = functions.Invoke(ctx, &lambda.InvokeInput{FunctionName: &function})
	var missing smithy.APIError
	if errors.As(err, &missing) {
		show("function", missing.ErrorCode(), nil)
	} else {
		show("function", "found", err)
	}
}

"""Sources of the agent's identity token."""

from __future__ import annotations

import os
import sys
import tempfile
import unittest
from typing import Dict
from unittest import mock

import valetkey
from valetkey._identity import identity_token

from .fake_hub import FakeHub, jwt

AUDIENCE = "https://valetkey.example.com"
TOKEN = jwt(AUDIENCE)


class IdentityTest(unittest.TestCase):
    def read(self, env: Dict[str, str]) -> str:
        with mock.patch.dict(os.environ, env, clear=True):
            return identity_token(None, AUDIENCE)

    def file(self, content: str) -> str:
        with tempfile.NamedTemporaryFile("w", delete=False) as file:
            file.write(content)
        self.addCleanup(os.unlink, file.name)
        return file.name

    def test_finds_each_source(self) -> None:
        hub = FakeHub()
        self.addCleanup(hub.close)
        hub.renewal = lambda _: (200, {"value": TOKEN})
        program = self.file(f"import sys\nassert sys.argv[1] == '{AUDIENCE}'\nprint('{TOKEN}')")
        sources = [
            {"VALETKEY_TOKEN": TOKEN},
            {"VALETKEY_TOKEN_FILE": self.file(f"{TOKEN}\n")},
            {"VALETKEY_TOKEN_URL": f"{hub.url}/token"},
            {"VALETKEY_TOKEN_COMMAND": f"{sys.executable} {program} {{audience}}"},
            {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{hub.url}/id?api=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner"},
        ]
        for env in sources:
            with self.subTest(source=list(env)[0]):
                self.assertEqual(self.read(env), TOKEN)
        github = hub.requests[-1]
        self.assertEqual(github.path, "/id?api=1&audience=https%3A%2F%2Fvaletkey.example.com")
        self.assertEqual(github.headers["authorization"], "Bearer runner")

    def test_refuses_what_is_no_token_without_quoting_it(self) -> None:
        cases = [
            {"VALETKEY_TOKEN": "AKIA-not-a-jwt"},
            {"VALETKEY_TOKEN_FILE": "/nonexistent"},
            {"VALETKEY_TOKEN_URL": "http://metadata.example.com/token"},
            {"VALETKEY_TOKEN_COMMAND": "/nonexistent-command"},
            {"VALETKEY_TOKEN_COMMAND": " "},
            {"VALETKEY_TOKEN_COMMAND": f"{sys.executable} -c raise(SystemExit(3))"},
            {"VALETKEY_TOKEN": TOKEN, "VALETKEY_TOKEN_FILE": "/tmp/x"},
            {"SPIFFE_ENDPOINT_SOCKET": "unix:///run/spire.sock"},
            {},
        ]
        for env in cases:
            with self.subTest(env=env), self.assertRaises(valetkey.ValetkeyError) as caught:
                self.read(env)
            self.assertNotIn("AKIA-not-a-jwt", str(caught.exception))

    def test_an_audience_in_a_list_counts(self) -> None:
        self.assertEqual(self.read({"VALETKEY_TOKEN": jwt([AUDIENCE, "other"])}), jwt([AUDIENCE, "other"]))  # type: ignore[arg-type]


if __name__ == "__main__":
    unittest.main()

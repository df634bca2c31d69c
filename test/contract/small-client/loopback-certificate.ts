/**
 * Self-signed certificate of `localhost`, and its key, for this test alone. Made by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost -addext
 * subjectAltName=DNS:localhost,IP:127.0.0.1`.
 */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUReW8CrbUkzglj+2kZNEafkkn6EMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzIzMzIyNloYDzIxMjYxMTAz
MjMzMjI2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARNlsFnqixifGSyf8opKjsdxXQcFmrwyT6qQ/UEGCS3nDu4T6hMnZKE
tfRGFBArzUEr3hnpn2V0QiAk4Zm+s87Ho28wbTAdBgNVHQ4EFgQUyZFWwIsgdGO6
kcrTR2LGrndQngAwHwYDVR0jBBgwFoAUyZFWwIsgdGO6kcrTR2LGrndQngAwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhANsmNZUWHYqYpX6NxoKesGdR+upAe8P0+nteDq/qoVI/AiBm
HalpnSRYkFrTOa6FwNjpMqRyGaQbyLxFi6TUBTKopQ==
-----END CERTIFICATE-----
`;

export const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgl6HK3Js6WFQV2Bbw
sXbtESBa1WmwvCEuCXxu4IXmBeehRANCAARNlsFnqixifGSyf8opKjsdxXQcFmrw
yT6qQ/UEGCS3nDu4T6hMnZKEtfRGFBArzUEr3hnpn2V0QiAk4Zm+s87H
-----END PRIVATE KEY-----
`;

// Command main reads a granted object and another one, waits, and reads the first again. Then it prints the credentials
// of its first read and those of its last. Shares no code with valetkey.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

func main() {
	ctx := context.Background()
	bucket, inside, outside := os.Args[1], os.Args[2], os.Args[3]
	seconds, _ := strconv.Atoi(os.Args[4])
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		fmt.Println("no configuration:", err)
		os.Exit(1)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	read := func(key string) string {
		out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
		var refused smithy.APIError
		if errors.As(err, &refused) {
			return refused.ErrorCode()
		}
		if err != nil {
			return err.Error()
		}
		body, _ := io.ReadAll(out.Body)
		return strings.TrimSpace(string(body))
	}
	fmt.Println(read(inside))
	first := held(ctx, cfg)
	fmt.Println(read(outside))
	time.Sleep(time.Duration(seconds) * time.Second)
	fmt.Println(read(inside))
	line, _ := json.Marshal(map[string]map[string]string{"first": first, "last": held(ctx, cfg)})
	fmt.Println(string(line))
}

func held(ctx context.Context, cfg aws.Config) map[string]string {
	keys, _ := cfg.Credentials.Retrieve(ctx)
	return map[string]string{
		"AccessKeyId":     keys.AccessKeyID,
		"SecretAccessKey": keys.SecretAccessKey,
		"SessionToken":    keys.SessionToken,
	}
}

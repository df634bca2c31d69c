// Command main retries writing an object until it is allowed to, with one client, and prints a line for each attempt. Shares no code with
// valetkey.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		fmt.Println("no configuration:", err)
		os.Exit(1)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	for {
		_, err := client.PutObject(ctx, &s3.PutObjectInput{
			Bucket: aws.String(os.Args[1]), Key: aws.String(os.Args[2]), Body: strings.NewReader("week,orders\n"),
		})
		if err == nil {
			fmt.Println("written")
			return
		}
		fmt.Println("not yet:", strings.ReplaceAll(err.Error(), "\n", " "))
		time.Sleep(2 * time.Second)
	}
}

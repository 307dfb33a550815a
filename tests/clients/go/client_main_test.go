// Stands where the Go client's own main_test.go starts a container: its tests talk to the server at KUMA_URL.

package kuma_test

import (
	"context"
	"log"
	"os"
	"testing"
	"time"

	kuma "github.com/breml/go-uptime-kuma-client"
)

var client *kuma.Client

func TestMain(m *testing.M) {
	connected, err := kuma.New(context.Background(), os.Getenv("KUMA_URL"), "admin", "admin1",
		kuma.WithAutosetup(), kuma.WithConnectTimeout(10*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	client = connected
	code := m.Run()
	if err := client.Disconnect(); err != nil {
		log.Print(err)
	}
	os.Exit(code)
}

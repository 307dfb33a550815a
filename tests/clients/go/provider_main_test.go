// Stands where the Terraform provider's own main_test.go starts a container: its tests talk to the server at KUMA_URL.

package provider

import (
	"context"
	"fmt"
	"log"
	"os"
	"testing"
	"time"

	kuma "github.com/breml/go-uptime-kuma-client"

	"github.com/breml/terraform-provider-uptimekuma/internal/client"
)

const (
	username = "admin"
	password = "admin1"
)

var (
	endpoint        string
	outOfBandClient *kuma.Client
)

func TestMain(m *testing.M) {
	endpoint = os.Getenv("KUMA_URL")
	connected, err := kuma.New(context.Background(), endpoint, username, password,
		kuma.WithAutosetup(), kuma.WithConnectTimeout(30*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	outOfBandClient = connected
	code := m.Run()
	for _, disconnect := range []func() error{outOfBandClient.Disconnect, client.CloseGlobalPool} {
		if err := disconnect(); err != nil {
			log.Print(err)
		}
	}
	os.Exit(code)
}

func providerConfig() string {
	return fmt.Sprintf(`
provider "uptimekuma" {
  endpoint = %[1]q
  username = %[2]q
  password = %[3]q
}
`, endpoint, username, password)
}

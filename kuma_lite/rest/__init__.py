"""What every REST route of ours stands on: errors, requests, and how the OpenAPI document describes them."""

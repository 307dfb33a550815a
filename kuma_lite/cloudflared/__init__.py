"""A tunnel through Cloudflare, by the program `cloudflared`, so that this server can be reached."""

"""What has happened on a page, for programs that read news and calendars."""

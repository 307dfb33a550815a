"""What several services share: reading options, one HTTP request, texts, mails."""

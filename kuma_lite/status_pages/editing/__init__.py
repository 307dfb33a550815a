"""The editor of pages: drafts, previews, versions."""

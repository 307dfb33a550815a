"""Places where files are put: a folder, S3-compatible storage, or a server by SFTP."""

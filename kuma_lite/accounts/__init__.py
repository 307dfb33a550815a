"""Who may come in: the account, its password, its tokens."""

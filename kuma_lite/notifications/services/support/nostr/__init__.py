"""Private messages of Nostr: keys, encryption, events. Pure but for randomness."""

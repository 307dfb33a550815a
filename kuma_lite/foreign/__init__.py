"""What files of other programs say, in the words of our configuration files."""

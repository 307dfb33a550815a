"""A status page as HTML, with its style, scripts, bars and pictures. Pure."""

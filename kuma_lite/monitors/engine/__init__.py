"""When monitors are checked, and how what was seen is judged, recorded and told."""

"""Docker daemons that containers are watched at."""

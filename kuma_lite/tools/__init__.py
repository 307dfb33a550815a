"""Small helpers of forms and of the settings page."""

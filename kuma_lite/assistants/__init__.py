"""What assistants may ask and do (MCP), and the monitors of the API as people see them. Light to import."""

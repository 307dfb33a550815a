"""The ground every other room stands on."""

"""Beats on disk and in memory, and what adds up from them: a store that knows a monitor by its number."""

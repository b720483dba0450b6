"""The sample data: one invented story of the 65 from 22 September 2025 until a day. Nothing in it is real."""

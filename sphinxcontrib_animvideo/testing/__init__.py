"""What the pytest plugin does: videos of tests, and directives as tests."""

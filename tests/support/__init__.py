"""What tests on real servers share: servers as processes, raw clients, plain HTTP, waiting."""

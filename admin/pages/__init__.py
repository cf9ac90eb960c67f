"""The pages, a module a topic: each exports ``routes(site)``, the handlers that `admin.app` puts together."""

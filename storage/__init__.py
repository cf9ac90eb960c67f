"""What is remembered: tables, queries, migrations. Imports only the value types of the dialogues."""

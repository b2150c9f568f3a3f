"""Pages of what this community measures: figures as pictures, tables and files."""

"""What a user gets: tables, folder, pictures, report."""

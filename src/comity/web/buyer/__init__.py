"""What a buyer sees of a marketplace: products, orders, the contact form, the Message Center."""

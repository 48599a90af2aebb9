"""Orders at Replicate: through its own client, to cog's own server, whatever goes wrong."""

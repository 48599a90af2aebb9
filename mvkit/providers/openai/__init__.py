"""OpenAI, and every service that speaks its protocol: Ollama, LM Studio, vLLM, Groq and others.

``OPENAI_API_KEY`` and ``OPENAI_BASE_URL`` say who is asked. The client's own retries are off: what
is tried again, and when, is up to :func:`mvkit.providers.base.deliver`.

Contents
--------
model                   what all its models have in common
chat                    structured answers of language models
replies                 what is read of those
prices                  what they cost, until when they are served (``chat_models.toml``)
transcribe              the words of a song
transcription_models    what hearing them costs (``transcription_models.toml``)
service                 where the service is, and a client for it
failures                what it says when it fails, as errors of ours
"""

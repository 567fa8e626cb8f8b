"""What several tests share: small corpora, tokenizers, models, servers, folders of runs."""

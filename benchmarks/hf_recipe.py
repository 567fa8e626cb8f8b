"""The plain Hugging Face recipe (the steps of transformers' examples/pytorch/token-classification/run_ner.py),
written small, as the peer that figures are paired with.

    python hf_recipe.py MODEL DATA OUT [--train N] [--epochs E] [--steps S] [--lr LR] [--batch B] [--max-length L] [--bf16]

Prints one JSON line: seconds of preprocessing and training, real tokens a second, share of padding, F1 over what the
model saw (as run_ner.py reports it) and F1 over every gold entity of the test files. The model is saved to OUT;
--no-train scores the model at MODEL as it is. FLUSH=1 flushes denormal numbers, which slow a CPU down.
"""
import argparse, json, os, time
os.environ.setdefault("HF_HUB_OFFLINE", "1")
import numpy as np, torch
from datasets import Dataset, Features, List, Value, ClassLabel
from seqeval.metrics import f1_score, classification_report
from transformers import (AutoModelForTokenClassification, AutoTokenizer, DataCollatorForTokenClassification,
                          Trainer, TrainingArguments, set_seed)

NAMES = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
p = argparse.ArgumentParser()
p.add_argument("model"); p.add_argument("data"); p.add_argument("out")
p.add_argument("--train", type=int, default=0); p.add_argument("--test", type=int, default=0)
p.add_argument("--epochs", type=float, default=3); p.add_argument("--steps", type=int, default=-1)
p.add_argument("--lr", type=float, default=5e-5); p.add_argument("--batch", type=int, default=32)
p.add_argument("--max-length", type=int, default=512); p.add_argument("--bf16", action="store_true")
p.add_argument("--warmup", type=float, default=0.1); p.add_argument("--seed", type=int, default=42)
p.add_argument("--no-eval", action="store_true"); p.add_argument("--no-train", action="store_true"); p.add_argument("--from-scratch", action="store_true")
a = p.parse_args()
set_seed(a.seed)
if os.environ.get("FLUSH"): torch.set_flush_denormal(True)

def read(split, limit=0):
    with open(f"{a.data}/{split}/sentences.txt", encoding="utf-8") as s, open(f"{a.data}/{split}/tags.txt") as t:
        rows = [(x.split(), y.split()) for x, y in zip(s, t)]
    rows = rows[:limit] if limit else rows
    return Dataset.from_dict({"tokens": [r[0] for r in rows], "ner_tags": [[NAMES.index(g) for g in r[1]] for r in rows]})

tok = AutoTokenizer.from_pretrained(a.model)
def align(batch):
    enc = tok(batch["tokens"], truncation=True, max_length=a.max_length, is_split_into_words=True)
    labels = []
    for i, tags in enumerate(batch["ner_tags"]):
        prev, row = None, []
        for w in enc.word_ids(batch_index=i):
            row.append(-100 if w is None or w == prev else tags[w]); prev = w
        labels.append(row)
    enc["labels"] = labels
    return enc

t0 = time.time()
train, test = read("train", a.train), read("test", a.test)
gold_entities = sum(n in (1, 3, 5) for r in test["ner_tags"] for n in r)
tr = train.map(align, batched=True, remove_columns=train.column_names, load_from_cache_file=False)
te = test.map(align, batched=True, remove_columns=test.column_names, load_from_cache_file=False)
prep = time.time() - t0
kw = dict(num_labels=7, id2label=dict(enumerate(NAMES)), label2id={n: i for i, n in enumerate(NAMES)})
if a.from_scratch:
    from transformers import AutoConfig
    model = AutoModelForTokenClassification.from_config(AutoConfig.from_pretrained(a.model, **kw))
else:
    model = AutoModelForTokenClassification.from_pretrained(a.model, dtype=torch.float32, **kw)

def to_tags(preds, labels):
    P = [[NAMES[x] for x, y in zip(p, l) if y != -100] for p, l in zip(preds, labels)]
    G = [[NAMES[y] for x, y in zip(p, l) if y != -100] for p, l in zip(preds, labels)]
    return P, G
def metrics(ep):
    P, G = to_tags(np.argmax(ep.predictions, -1), ep.label_ids)
    return {"f1": f1_score(G, P)}

seen = {"real": 0, "all": 0}
base = DataCollatorForTokenClassification(tok)
def collate(f):
    b = base(f); seen["real"] += int(b["attention_mask"].sum()); seen["all"] += b["attention_mask"].numel(); return b
args = TrainingArguments(a.out, per_device_train_batch_size=a.batch, per_device_eval_batch_size=64, num_train_epochs=a.epochs,
    max_steps=a.steps, learning_rate=a.lr, warmup_steps=a.warmup, bf16=a.bf16, save_strategy="no", logging_steps=50,
    report_to=[], seed=a.seed, dataloader_num_workers=0, use_cpu=not torch.cuda.is_available())
T = Trainer(model, args, train_dataset=tr, eval_dataset=te, data_collator=collate, processing_class=tok, compute_metrics=metrics)
t0 = time.time()
if not a.no_train: T.train(); T.save_model(a.out)
train_s = time.time() - t0
out = {"prep_s": round(prep, 1), "train_s": round(train_s, 1), "tokens_s": round(seen["real"] / train_s), "padding": round(1 - seen["real"] / max(1, seen["all"]), 3),
       "sentences": len(train), "steps": T.state.global_step}
if not a.no_eval:
    t0 = time.time(); r = T.predict(te); out["predict_s"] = round(time.time() - t0, 1)
    P, G = to_tags(np.argmax(r.predictions, -1), r.label_ids)
    out["f1_seen"] = round(100 * f1_score(G, P), 2)
    # every gold entity: what truncation or a dropped character hid counts as O
    FG = [[NAMES[x] for x in row] for row in test["ner_tags"]]
    FP = []
    for enc_row, pred in zip(range(len(test)), np.argmax(r.predictions, -1)):
        words = tok(test[enc_row]["tokens"], truncation=True, max_length=a.max_length, is_split_into_words=True).word_ids()
        row, prev = ["O"] * len(FG[enc_row]), None
        for w, x in zip(words, pred):
            if w is not None and w != prev: row[w] = NAMES[x]
            prev = w
        FP.append(row)
    rep = classification_report(FG, FP, output_dict=True)
    out["f1_all"] = round(100 * rep["micro avg"]["f1-score"], 2); out["recall_all"] = round(100 * rep["micro avg"]["recall"], 2)
    out["entities_seen"] = int(classification_report(G, P, output_dict=True)["micro avg"]["support"]); out["entities"] = int(rep["micro avg"]["support"])
    out["per_type"] = {k: round(100 * rep[k]["f1-score"], 2) for k in ("PER", "ORG", "LOC")}
print(json.dumps(out))

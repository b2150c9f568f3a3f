// The peer's side of didwebvh.py: one question per line, one answer per line.
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import readline from 'node:readline';
import {
  createDID,
  deriveNextKeyHash,
  MultibaseEncoding,
  multibaseEncode,
  prepareDataForSigning,
  resolveDIDFromLog,
  updateDID,
} from 'didwebvh-ts';

console.warn = () => {};
const base58 = (bytes) => multibaseEncode(bytes, MultibaseEncoding.BASE58_BTC);
const wrap = (prefix, bytes) => Buffer.concat([Buffer.from(prefix, 'hex'), Buffer.from(bytes)]);
const publicKey = (raw) =>
  crypto.createPublicKey({ key: wrap('302a300506032b6570032100', raw), format: 'der', type: 'spki' });
const verifier = {
  verify: async (signature, message, key) =>
    crypto.verify(null, Buffer.from(message), publicKey(key), Buffer.from(signature)),
};

function keyOf(seed) {
  const der = wrap('302e020100300506032b657004220420', Buffer.from(seed, 'hex'));
  const key = crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const raw = crypto.createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const multikey = base58(wrap('ed01', raw));
  const sign = async ({ document, proof }) => {
    const data = Buffer.from(await prepareDataForSigning(document, proof));
    return { proofValue: base58(crypto.sign(null, data, key)) };
  };
  return { multikey, signer: { getVerificationMethodId: () => `did:key:${multikey}#${multikey}`, sign } };
}

async function resolve(asked) {
  const log = asked.log
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each));
  const options = { verifier, witnessProofs: asked.witness ?? [] };
  if (asked.number) options.versionNumber = asked.number;
  const found = await resolveDIDFromLog(log, options);
  if (found.meta.error) throw new Error(found.meta.problemDetails?.detail ?? found.meta.error);
  return { document: found.doc, versionId: found.meta.versionId, deactivated: found.meta.deactivated };
}

async function make(asked) {
  const keys = asked.seeds.map(keyOf);
  const methods = (key) => [{ type: 'Multikey', publicKeyMultibase: key.multikey, purpose: 'assertionMethod' }];
  const time = (day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().replace('.000Z', 'Z');
  const hashes = async (key) => [await deriveNextKeyHash(key.multikey)];
  let current = keys.shift();
  let waiting = asked.prerotate ? keys.shift() : null;
  let made = await createDID({
    domain: 'peer.example',
    signer: current.signer,
    verifier,
    updateKeys: [current.multikey],
    portable: true,
    verificationMethods: methods(current),
    created: time(0),
    ...(waiting ? { nextKeyHashes: await hashes(waiting) } : {}),
  });
  let day = 0;
  for (const operation of asked.operations) {
    day += 1;
    const change = { log: made.log, verifier, updated: time(day), signer: current.signer };
    if (operation === 'alias') change.alsoKnownAs = [`did:web:alias${day}.example`];
    if (operation === 'move') change.domain = `moved${day}.example`;
    if (operation === 'watch') change.watchers = [`https://watcher${day}.example`];
    if (waiting) {
      current = waiting;
      waiting = keys.shift();
      change.signer = current.signer;
      change.updateKeys = [current.multikey];
      change.nextKeyHashes = await hashes(waiting);
    } else if (operation === 'rotate') {
      current = keys.shift();
      change.updateKeys = [current.multikey];
    }
    if (change.updateKeys) change.verificationMethods = methods(current);
    made = await updateDID(change);
  }
  return { log: `${made.log.map((each) => JSON.stringify(each)).join('\n')}\n`, did: made.did };
}

console.log(JSON.stringify(JSON.parse(readFileSync('node_modules/didwebvh-ts/package.json')).version));
for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = { ...(asked.do === 'resolve' ? await resolve(asked) : await make(asked)), accepted: true };
  } catch (wrong) {
    answer = { accepted: false, reason: String(wrong?.message ?? wrong).slice(0, 300) };
  }
  console.log(JSON.stringify(answer));
}

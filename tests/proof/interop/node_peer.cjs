// Programs of others, asked line by line: one JSON question in, one JSON answer out. The driver puts this file beside
// the packages; it fetches nothing, everything that is asked for comes with the first line.
'use strict';
const readline = require('readline');
const nodeCrypto = require('crypto');

const known = { contexts: {}, dids: {} };
let trustvc, bazaar;

const loader = async url => {
  if (known.contexts[url]) return { contextUrl: null, documentUrl: url, document: known.contexts[url] };
  const did = url.split('#')[0];
  const held = known.dids[did];
  if (!held) throw new Error('nothing is fetched: ' + url);
  if (url === did) return { contextUrl: null, documentUrl: url, document: held };
  const method = held.verificationMethod.find(each => each.id === url);
  if (!method) throw new Error('no such method: ' + url);
  const document = { '@context': 'https://w3id.org/security/multikey/v1', ...method };
  return { contextUrl: null, documentUrl: url, document };
};

async function start(asked) {
  Object.assign(known.contexts, asked.contexts);
  Object.assign(known.dids, asked.dids);
  trustvc = require('@trustvc/w3c-vc');
  const named = async name => import('@digitalbazaar/' + name);
  bazaar = {
    vc: await named('vc'),
    DataIntegrityProof: (await named('data-integrity')).DataIntegrityProof,
    suites: {
      'eddsa-jcs-2022': await named('eddsa-jcs-2022-cryptosuite'),
      'eddsa-rdfc-2022': await named('eddsa-rdfc-2022-cryptosuite'),
      'ecdsa-rdfc-2019': await named('ecdsa-rdfc-2019-cryptosuite'),
      'ecdsa-sd-2023': await named('ecdsa-sd-2023-cryptosuite')
    },
    ed: await named('ed25519-multikey'),
    ec: await named('ecdsa-multikey')
  };
  const versions = {};
  for (const name of asked.packages) {
    versions[name] = require(require('path').join(__dirname, 'node_modules', name, 'package.json')).version;
  }
  return { versions };
}

function suiteOf(name, role, options) {
  const made = bazaar.suites[name];
  if (name === 'eddsa-jcs-2022') return role === 'verify' ? made.createVerifyCryptosuite() : made.createSignCryptosuite();
  if (name !== 'ecdsa-sd-2023') return made.cryptosuite;
  if (role === 'verify') return made.createVerifyCryptosuite();
  if (role === 'derive') return made.createDiscloseCryptosuite({ selectivePointers: options.reveal });
  return made.createSignCryptosuite({ mandatoryPointers: options.mandatory });
}

const bazaarOf = {
  async verify({ suite, document }) {
    const proof = new bazaar.DataIntegrityProof({ cryptosuite: suiteOf(suite, 'verify') });
    const found = await bazaar.vc.verifyCredential({
      credential: document, suite: proof, documentLoader: loader, checkStatus: async () => ({ verified: true })
    });
    return { accepted: found.verified, reason: found.verified ? '' : String(reasonOf(found.error)) };
  },
  async sign({ suite, document, key, created, mandatory }) {
    const pair = await (suite.startsWith('eddsa') ? bazaar.ed.Ed25519Multikey || bazaar.ed : bazaar.ec).from(key);
    const proof = new bazaar.DataIntegrityProof({
      signer: pair.signer(), cryptosuite: suiteOf(suite, 'sign', { mandatory }), date: created
    });
    return { document: await bazaar.vc.issue({ credential: document, suite: proof, documentLoader: loader }) };
  },
  async derive({ document, reveal }) {
    const proof = new bazaar.DataIntegrityProof({ cryptosuite: suiteOf('ecdsa-sd-2023', 'derive', { reveal }) });
    return { document: await bazaar.vc.derive({ verifiableCredential: document, suite: proof, documentLoader: loader }) };
  }
};

const trustvcOf = {
  async verify({ document }) {
    const found = await trustvc.verifyCredential(document, { documentLoader: loader });
    return { accepted: found.verified, reason: String(found.error || '') };
  },
  async sign({ document, key, mandatory }) {
    const found = await trustvc.signCredential(document, key, 'ecdsa-sd-2023', {
      documentLoader: loader, mandatoryPointers: mandatory
    });
    if (!found.signed) throw new Error(String(found.error));
    return { document: found.signed };
  },
  async derive({ document, reveal }) {
    const found = await trustvc.deriveCredential(document, reveal, { documentLoader: loader });
    if (!found.derived) throw new Error(String(found.error));
    return { document: found.derived };
  }
};

function sdjwtOf(asked) {
  const { SDJwtVcInstance } = require('@sd-jwt/sd-jwt-vc');
  const { digest, generateSalt } = require('@sd-jwt/crypto-nodejs');
  const verifierOf = jwk => (data, signature) => nodeCrypto.verify('sha256', Buffer.from(data),
    { key: nodeCrypto.createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'));
  const signerOf = jwk => data => nodeCrypto.sign('sha256', Buffer.from(data),
    { key: nodeCrypto.createPrivateKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return new SDJwtVcInstance({
    signer: asked.jwk && asked.jwk.d ? signerOf(asked.jwk) : undefined,
    verifier: verifierOf(asked.jwk),
    signAlg: 'ES256', hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt,
    kbSigner: asked.holder && asked.holder.d ? signerOf(asked.holder) : undefined, kbSignAlg: 'ES256',
    kbVerifier: (data, signature, payload) => verifierOf(payload.cnf.jwk)(data, signature)
  });
}

const sdOf = {
  async verify(asked) {
    const options = asked.nonce ? { keyBindingNonce: asked.nonce } : {};
    const found = await sdjwtOf(asked).verify(asked.document, options);
    return { accepted: true, payload: found.payload };
  },
  async sign(asked) {
    return { document: await sdjwtOf(asked).issue(asked.document, asked.frame, { header: { kid: asked.method } }) };
  },
  async derive(asked) {
    const kb = asked.nonce
      ? { payload: { iat: asked.iat, aud: asked.aud, nonce: asked.nonce } } : undefined;
    return { document: await sdjwtOf(asked).present(asked.document, asked.reveal, kb && { kb }) };
  }
};

// VC-JOSE-COSE by Transmute's library over jose. Its types have the names of a draft ("vc-ld+jwt"); the header is written
// by whoever signs, and says what the standard says now.
function joseOf(asked) {
  const library = require('@transmute/verifiable-credentials');
  const encoded = value => library.text.encoder.encode(typeof value === 'string' ? value : JSON.stringify(value));
  const { alg } = { Ed25519: { alg: 'EdDSA' }, 'P-256': { alg: 'ES256' }, 'P-384': { alg: 'ES384' } }[asked.jwk.crv];
  const resolver = {
    resolve: async () => ({ type: 'application/jwk+json', content: encoded({ ...asked.jwk, alg }) })
  };
  return { library, encoded, alg, resolver, type: 'application/vc-ld+jwt' };
}

const transmuteOf = {
  async verify(asked) {
    const { library, encoded, resolver, type } = joseOf(asked);
    const found = await library.validator({ resolver }).validate({ type, content: encoded(asked.document) });
    return { accepted: found.verified, content: found.content };
  },
  async sign(asked) {
    const { library, encoded, alg, type } = joseOf(asked);
    const jose = require('jose');
    const key = await jose.importJWK({ ...asked.private, alg });
    const signer = {
      sign: async bytes => encoded(await new jose.CompactSign(bytes)
        .setProtectedHeader({ kid: asked.method, alg, typ: 'vc+jwt' }).sign(key))
    };
    const made = await library.issuer({ alg, type, signer }).issue({ claimset: encoded(asked.document) });
    return { document: library.text.decoder.decode(made) };
  }
};

function reasonOf(error) {
  return error && error.errors && error.errors[0] ? error.errors[0].message : error && error.message;
}

const tradetrustOf = {
  async verify({ document }) {
    return { accepted: require('@tradetrust-tt/tradetrust').verifySignature(document) };
  },
  async sign({ document, others }) {
    const { wrapDocuments } = require('@tradetrust-tt/tradetrust');
    const made = await wrapDocuments([document, ...others], { version: 'https://schema.openattestation.com/2.0/schema.json' });
    return { document: made[0] };
  },
  async derive({ document, hide }) {
    return { document: require('@tradetrust-tt/tradetrust').obfuscateDocument(document, hide) };
  }
};

// Seconds of processor time that one question takes: in the first round over all of them, and in the quickest of several
// (for bench/proofs.py).
async function timed({ questions, rounds }) {
  const took = [];
  let accepted = 0;
  for (let round = 0; round < rounds; round++) {
    accepted = 0;
    const fresh = structuredClone(questions); // a client may write into what it is given
    const start = process.cpuUsage();
    for (const asked of fresh) {
      const answer = await clients[asked.client][asked.do](asked);
      accepted += answer.accepted || answer.document ? 1 : 0;
    }
    const used = process.cpuUsage(start);
    took.push((used.user + used.system) / 1e6 / questions.length);
  }
  return { seconds: [took[0], Math.min(...took)], accepted };
}

const clients = {
  trustvc: trustvcOf, bazaar: bazaarOf, 'sd-jwt': sdOf, tradetrust: tradetrustOf, transmute: transmuteOf
};
console.warn = console.info = console.log = () => {};
(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    let answer;
    try {
      answer = asked.do === 'start' ? await start(asked) : asked.do === 'time' ? await timed(asked) : await clients[asked.client][asked.do](asked);
    } catch (wrong) {
      answer = { accepted: false, reason: String(reasonOf(wrong) || wrong).slice(0, 300) };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
})();

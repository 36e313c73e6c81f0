const crypto = require('crypto');
const { promisify } = require('util');

/** Enough for suites that compare keys with each other. */
const FEW = 4;

const make = promisify(crypto.generateKeyPair);
const made = [];
let drawn = 0;

// An RSA key takes half a second to make, and tests of certificates need dozens: those of a worker draw from a few.
crypto.generateKeyPair[promisify.custom] = (type, options) => {
  if (type !== 'rsa' || options.privateKeyEncoding?.format !== 'pem') return make(type, options);
  return made[drawn++ % FEW] ??= make(type, options);
};

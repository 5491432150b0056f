// Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3",
// section 4.2): a keyed bijection of a counter. Only add, xor and rotate, so the bits are the same
// everywhere; `random.ts` has the same rounds.

fn threefry_round(x: vec2u, rotation: u32) -> vec2u {
    let sum = x.x + x.y;
    return vec2u(sum, ((x.y << rotation) | (x.y >> (32u - rotation))) ^ sum);
}

fn threefry(key: vec2u, counter: vec2u) -> vec2u {
    let parity = 0x1BD11BDAu ^ key.x ^ key.y;
    var x = counter + key;
    x = threefry_round(threefry_round(threefry_round(threefry_round(x, 13u), 15u), 26u), 6u);
    x += vec2u(key.y, parity + 1u);
    x = threefry_round(threefry_round(threefry_round(threefry_round(x, 17u), 29u), 16u), 24u);
    x += vec2u(parity, key.x + 2u);
    x = threefry_round(threefry_round(threefry_round(threefry_round(x, 13u), 15u), 26u), 6u);
    x += vec2u(key.x, key.y + 3u);
    x = threefry_round(threefry_round(threefry_round(threefry_round(x, 17u), 29u), 16u), 24u);
    x += vec2u(key.y, parity + 4u);
    x = threefry_round(threefry_round(threefry_round(threefry_round(x, 13u), 15u), 26u), 6u);
    x += vec2u(parity, key.x + 5u);
    return x;
}

// The stream of a label, as `fold(parent, label)` in random.ts; the host hashes the label.
fn fold_key(parent: vec2u, label_hash: u32) -> vec2u {
    return threefry(parent, vec2u(label_hash, 0xF01Du));
}

// Elements 2i and 2i + 1 of a stream share counter i.
fn random_bits_pair(key: vec2u, pair: u32) -> vec2u {
    return threefry(key, vec2u(pair, 0u));
}

fn random_bits(key: vec2u, index: u32) -> u32 {
    let pair = random_bits_pair(key, index >> 1u);
    return select(pair.x, pair.y, (index & 1u) == 1u);
}

// Four elements from index 4q on.
fn random_bits_vec4(key: vec2u, quad: u32) -> vec4u {
    return vec4u(random_bits_pair(key, 2u * quad), random_bits_pair(key, 2u * quad + 1u));
}

// [0, 1) in steps of 2^-24, exact in f32.
fn uniform_from_bits(bits: u32) -> f32 {
    return f32(bits >> 8u) * 0x1p-24;
}

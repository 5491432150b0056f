// Tensors filled from a key; random.ts draws the same elements one by one. Four elements a thread,
// except for permutations.
struct Params { n: u32, key_high: u32, key_low: u32, probability: f32 }

@group(0) @binding(0) var<storage, read_write> words: array<vec4u>;
@group(0) @binding(0) var<storage, read_write> values: array<vec4f>;
@group(0) @binding(0) var<storage, read_write> indices: array<u32>;
@group(1) @binding(0) var<uniform> params: Params;

fn stream_key() -> vec2u {
    return vec2u(params.key_high, params.key_low);
}

fn uniform_vec4(quad: u32) -> vec4f {
    return vec4f(random_bits_vec4(stream_key(), quad) >> vec4u(8u)) * 0x1p-24;
}

@compute @workgroup_size(64)
fn fill_bits(invocation: Invocation) {
    let quad = thread_index(invocation);
    if (4u * quad < params.n) { words[quad] = random_bits_vec4(stream_key(), quad); }
}

@compute @workgroup_size(64)
fn fill_uniform(invocation: Invocation) {
    let quad = thread_index(invocation);
    if (4u * quad < params.n) { values[quad] = uniform_vec4(quad); }
}

@compute @workgroup_size(64)
fn fill_bernoulli(invocation: Invocation) {
    let quad = thread_index(invocation);
    if (4u * quad < params.n) {
        words[quad] = select(vec4u(0u), vec4u(1u), uniform_vec4(quad) < vec4f(params.probability));
    }
}

// ---- Normals --------------------------------------------------------------------------------
// WGSL lets log, sin and cos be off by 2^-21, 2^-11 and 2^-11. The polynomials below need only
// sums, products and a quotient, which are good to a few units in the last place everywhere.

// log(m / 2^24) for m in 1 .. 2^24.
fn log_of_uniform(m: u32) -> f32 {
    let word = bitcast<u32>(f32(m)); // exact
    // 2^exponent * fraction with fraction in [sqrt(1/2), sqrt(2)): no cancellation near 1.
    let offset = word - 0x3F3504F3u; // bits of sqrt(1/2)
    let exponent = f32(offset >> 23u) - 24.0;
    let fraction = bitcast<f32>((offset & 0x007FFFFFu) + 0x3F3504F3u);
    // log(fraction) = 2 artanh(s), |s| < 0.172; the first term left out is below 2^-29.
    let s = (fraction - 1.0) / (fraction + 1.0);
    let t = s * s;
    let series = t * (0.33333333 + t * (0.2 + t * (0.14285714 + t * 0.11111111)));
    return exponent * 0.69314718 + 2.0 * (s + s * series);
}

// Cosine and sine of a whole turn times j / 2^24, for j below 2^24.
fn cosine_and_sine(j: u32) -> vec2f {
    let quarter = (j + 0x200000u) >> 22u; // nearest quarter turn, 0 .. 4
    let a = f32(i32(j) - i32(quarter << 22u)) * 3.7450703e-7; // 2 pi / 2^24: within pi / 4
    let t = a * a;
    let s3 = -0.16666667 + t * (0.0083333333 + t * (-0.00019841270 + t * 2.7557319e-6));
    let s = a + a * t * s3;
    let c = 1.0 + t * (-0.5 + t * (0.041666667 + t * (-0.0013888889 + t * 2.4801587e-5)));
    let swapped = select(vec2f(c, s), vec2f(-s, c), (quarter & 1u) == 1u);
    return select(swapped, -swapped, (quarter & 2u) == 2u);
}

// Box and Muller 1958: two normals from two uniforms.
fn normal_pair(bits: vec2u) -> vec2f {
    // The log of 1 is 0 and may round to a negative radicand.
    let radius = sqrt(max(0.0, -2.0 * log_of_uniform((bits.x >> 8u) + 1u)));
    return radius * cosine_and_sine(bits.y >> 8u);
}

@compute @workgroup_size(64)
fn fill_normal(invocation: Invocation) {
    let quad = thread_index(invocation);
    if (4u * quad < params.n) {
        let bits = random_bits_vec4(stream_key(), quad);
        values[quad] = vec4f(normal_pair(bits.xy), normal_pair(bits.zw));
    }
}

// ---- Permutations ---------------------------------------------------------------------------

// Twelve rounds of a Feistel network over the next even number of bits, walked until the value falls
// inside; six bits at least, for fewer mix poorly. It ends: the network is a permutation, and the index it started from is inside.
fn permuted(key: vec2u, length: u32, index: u32) -> u32 {
    let bits = 32u - countLeadingZeros(length - 1u);
    let half = max(3u, (bits + 1u) / 2u);
    let mask = (1u << half) - 1u;
    var value = index;
    loop {
        var left = value >> half;
        var right = value & mask;
        for (var round = 1u; round <= 12u; round++) {
            let mixed = left ^ (threefry(key, vec2u(right, round)).x & mask);
            left = right;
            right = mixed;
        }
        value = (left << half) | right;
        if (value < length) { break; }
    }
    return value;
}

@compute @workgroup_size(64)
fn fill_permutation(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i < params.n) { indices[i] = permuted(stream_key(), params.n, i); }
}

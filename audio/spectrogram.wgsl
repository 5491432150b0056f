// Spectrograms: frames folded for two matrix products, and what is made of their results. For fold
// `left` is the samples, [b, samples], and `right` the window: weights of samples 0, 1, … of a frame,
// then those of length - 0, length - 1, …
struct Params {
    rows: u32,    // frames of all clips
    t: u32,       // frames a clip
    samples: u32, // samples a clip
    hop: u32,     // samples from one frame to the next
    length: u32,  // samples a frame
    width: u32,   // vec4 a folded row
    q: u32,       // bins
    root: u32,    // 1: magnitudes in place of powers
    compression: f32, // C of ln(1 + C S); 0: none
}

@group(0) @binding(2) var<storage, read_write> even4: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> odd4: array<vec4f>;
@group(0) @binding(0) var<storage, read> real: array<f32>;
@group(0) @binding(1) var<storage, read> imaginary: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// Sample i of a frame. Where there is none its weight is zero, and any sample of the frame does.
fn sample_at(start: u32, i: u32) -> f32 {
    return left_scalar(start + min(i, params.length - 1u));
}

// The cosine of sample i is that of sample length - i, the sine its opposite: only sums and
// differences of the two meet the tables, which halves the products. Four a thread.
@compute @workgroup_size(64)
fn fold(invocation: Invocation) {
    let at = thread_index(invocation);
    let row = at / params.width;
    if (row >= params.rows) { return; }
    let quad = at % params.width;
    let i = 4u * quad;
    let start = row / params.t * params.samples + row % params.t * params.hop;
    let end = max(params.length, i + 3u); // no difference below zero: those weights are zero too
    let ahead = right_vec4(quad) * vec4f(
        sample_at(start, i),
        sample_at(start, i + 1u),
        sample_at(start, i + 2u),
        sample_at(start, i + 3u),
    );
    let behind = right_vec4(params.width + quad) * vec4f(
        sample_at(start, end - i),
        sample_at(start, end - i - 1u),
        sample_at(start, end - i - 2u),
        sample_at(start, end - i - 3u),
    );
    even4[at] = ahead + behind;
    odd4[at] = ahead - behind;
}

@compute @workgroup_size(64)
fn finish(invocation: Invocation) {
    let at = thread_index(invocation);
    let row = at / params.q;
    if (row >= params.rows) { return; }
    let bin = at % params.q;
    let place = row * 4u * params.width + bin;
    let power = real[place] * real[place] + imaginary[place] * imaginary[place];
    let value = scale[bin] * select(power, sqrt(power), params.root == 1u);
    result[at] = select(value, log(1.0 + params.compression * value), params.compression > 0.0);
}

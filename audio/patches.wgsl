// Patches of spectrograms by position: one element a thread.
struct Params {
    n: u32,     // patches
    d: u32,     // elements of a patch
    b: u32,     // images here
    t: u32,
    q: u32,
    bins: u32,  // bins of a patch
    first: u32, // number of the first image here
}

@group(0) @binding(0) var<storage, read> images: array<f32>;   // [b, t, q]
@group(0) @binding(1) var<storage, read> positions: array<u32>; // [n, 3]: image, frame, bin
@group(0) @binding(2) var<storage, read_write> patches: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn extract(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n * params.d) { return; }
    let row = i / params.d;
    let image = positions[3u * row] - params.first;
    if (image >= params.b) { return; } // also where the image lies before the first: it wraps
    let within = i % params.d;
    let frame = positions[3u * row + 1u] + within / params.bins;
    let bin = positions[3u * row + 2u] + within % params.bins;
    patches[i] = images[(image * params.t + frame) * params.q + bin];
}

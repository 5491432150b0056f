// What the input gradient needs besides the convolution: flipped weights, and the gather of any
// stride.
struct Params {
    b: u32, h: u32, w: u32, c: u32, f: u32, kh: u32, kw: u32, oh: u32, ow: u32,
    stride: u32, pad_top: u32, pad_left: u32,
}

@group(0) @binding(0) var<storage, read> weight: array<f32>;        // [kh, kw, c, f]
@group(0) @binding(1) var<storage, read_write> flipped: array<f32>; // [kh, kw, f, c]

@group(0) @binding(0) var<storage, read> gradient: array<f32>;      // dy: [b, oh, ow, f]
@group(0) @binding(1) var<storage, read> gather_weight: array<f32>; // [kh, kw, c, f]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;      // [b, h, w, c]
@group(1) @binding(0) var<uniform> params: Params;

// flipped[ky, kx, f, c] = weight[kh - 1 - ky, kw - 1 - kx, c, f]: with it the input gradient of a
// stride of 1 is a convolution of dy, padded by the filter size less 1.
@compute @workgroup_size(64)
fn flip(invocation: Invocation) {
    let i = thread_index(invocation);
    let taps = params.kh * params.kw;
    let tap = i / params.c / params.f;
    if (tap >= taps) { return; }
    let channel = i % params.c;
    let filter_index = i / params.c % params.f;
    flipped[i] = weight[((taps - 1u - tap) * params.c + channel) * params.f + filter_index];
}

// dx of any stride: one element a thread gathers the outputs that it went into.
@compute @workgroup_size(64)
fn gather(invocation: Invocation) {
    let i = thread_index(invocation);
    let channel = i % params.c;
    let pixel = i / params.c;
    let b = pixel / params.w / params.h;
    if (b >= params.b) { return; }
    let top = pixel / params.w % params.h + params.pad_top;
    let left = pixel % params.w + params.pad_left;
    var sum = 0.0;
    for (var ky = 0u; ky < min(params.kh, top + 1u); ky++) {
        let oy = (top - ky) / params.stride;
        if ((top - ky) % params.stride != 0u || oy >= params.oh) { continue; }
        for (var kx = 0u; kx < min(params.kw, left + 1u); kx++) {
            let ox = (left - kx) / params.stride;
            if ((left - kx) % params.stride != 0u || ox >= params.ow) { continue; }
            let start = ((b * params.oh + oy) * params.ow + ox) * params.f;
            let row = ((ky * params.kw + kx) * params.c + channel) * params.f;
            for (var f = 0u; f < params.f; f++) {
                sum = fma(gradient[start + f], gather_weight[row + f], sum);
            }
        }
    }
    dx[i] = sum;
}

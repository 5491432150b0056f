// The small kernels of a convolution's gradient: flipped weights, strided input gradient, ReLU mask
// with sums of rows (bias gradients, chunks), and padding.
struct Params {
    b: u32, h: u32, w: u32, c: u32, f: u32, kh: u32, kw: u32, oh: u32, ow: u32,
    stride: u32, pad_top: u32, pad_left: u32,
    rows: u32,       // sums: rows in all
    n: u32,          // sums: elements of a row
    chunks: u32,     // sums: groups of rows, each summed by itself
    chunk_rows: u32, // sums: rows in a group
}

@group(0) @binding(0) var<storage, read> weight: array<f32>;        // [kh, kw, c, f]
@group(0) @binding(1) var<storage, read_write> flipped: array<f32>; // [kh, kw, f, c]

@group(0) @binding(0) var<storage, read> gradient: array<f32>;      // dy: [b, oh, ow, f]
@group(0) @binding(1) var<storage, read> gather_weight: array<f32>; // [kh, kw, c, f]
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;      // [b, h, w, c]

@group(0) @binding(0) var<storage, read> image: array<f32>;         // [b, h, w, c]
@group(0) @binding(1) var<storage, read_write> padded: array<f32>;  // [b, oh, ow, c]

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;          // [rows, n / 4]
@group(0) @binding(0) var<storage, read> dy_scalar: array<f32>;     // [rows, n]
@group(0) @binding(1) var<storage, read_write> sum_only: array<vec4f>;   // [chunks, n / 4]
@group(0) @binding(1) var<storage, read_write> sum_only_scalar: array<f32>;
@group(0) @binding(1) var<storage, read> y: array<vec4f>;           // [rows, n / 4]
@group(0) @binding(1) var<storage, read> y_scalar: array<f32>;
@group(0) @binding(2) var<storage, read_write> masked: array<vec4f>;     // [rows, n / 4]
@group(0) @binding(2) var<storage, read_write> masked_scalar: array<f32>;
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>;  // [chunks, n / 4]
@group(0) @binding(3) var<storage, read_write> sums_scalar: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// flipped[ky, kx, f, c] = weight[kh - 1 - ky, kw - 1 - kx, c, f]: with it the input gradient of a
// stride of 1 is a convolution of dy, padded by the filter size less 1.
@compute @workgroup_size(64)
fn flip(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    let taps = params.kh * params.kw;
    let tap = i / params.c / params.f;
    if (tap >= taps) { return; }
    let channel = i % params.c;
    let filter_index = i / params.c % params.f;
    flipped[i] = weight[((taps - 1u - tap) * params.c + channel) * params.f + filter_index];
}

// dx of any stride: one element a thread gathers the outputs that it went into.
@compute @workgroup_size(64)
fn gather(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
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
            let from = ((b * params.oh + oy) * params.ow + ox) * params.f;
            let row = ((ky * params.kw + kx) * params.c + channel) * params.f;
            for (var f = 0u; f < params.f; f++) {
                sum = fma(gradient[from + f], gather_weight[row + f], sum);
            }
        }
    }
    dx[i] = sum;
}

// x with its padding of zeros written out.
@compute @workgroup_size(64)
fn pad(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    let pixel = i / params.c;
    let b = pixel / params.ow / params.oh;
    if (b >= params.b) { return; }
    let iy = pixel / params.ow % params.oh - params.pad_top; // wraps above the image
    let ix = pixel % params.ow - params.pad_left;
    let inside = iy < params.h && ix < params.w;
    let from = ((b * params.h + min(iy, params.h - 1u)) * params.w + min(ix, params.w - 1u)) * params.c;
    padded[i] = select(0.0, image[from + i % params.c], inside);
}

// Rows of a chunk: first and last + 1.
fn rows_of(chunk: u32) -> vec2u {
    return min(vec2u(chunk, chunk + 1u) * params.chunk_rows, vec2u(params.rows));
}

// Sums of rows, chunk by chunk, in order.
@compute @workgroup_size(64)
fn sum_rows(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    let n = params.n / 4u;
    if (i >= params.chunks * n) { return; }
    let rows = rows_of(i / n);
    var sum = vec4f();
    for (var row = rows.x; row < rows.y; row++) { sum += dy[row * n + i % n]; }
    sum_only[i] = sum;
}

@compute @workgroup_size(64)
fn sum_rows_scalar(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    if (i >= params.chunks * params.n) { return; }
    let rows = rows_of(i / params.n);
    var sum = 0.0;
    for (var row = rows.x; row < rows.y; row++) { sum += dy_scalar[row * params.n + i % params.n]; }
    sum_only_scalar[i] = sum;
}

// The gradient behind the ReLU, dy where y > 0, and its sums of rows in the same pass.
@compute @workgroup_size(64)
fn mask(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    let n = params.n / 4u;
    if (i >= params.chunks * n) { return; }
    let rows = rows_of(i / n);
    var sum = vec4f();
    for (var row = rows.x; row < rows.y; row++) {
        let at = row * n + i % n;
        let value = select(vec4f(), dy[at], y[at] > vec4f());
        masked[at] = value;
        sum += value;
    }
    sums[i] = sum;
}

@compute @workgroup_size(64)
fn mask_scalar(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    if (i >= params.chunks * params.n) { return; }
    let rows = rows_of(i / params.n);
    var sum = 0.0;
    for (var row = rows.x; row < rows.y; row++) {
        let at = row * params.n + i % params.n;
        let value = select(0.0, dy_scalar[at], y_scalar[at] > 0.0);
        masked_scalar[at] = value;
        sum += value;
    }
    sums_scalar[i] = sum;
}

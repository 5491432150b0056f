// What the entries of a sparse table contribute to the objective of weighted matrix factorisation: for
// each part of a row the sum of c (1 - xᵀ y)² - (xᵀ y)², where c = 1 + s. All the pairs that are no
// entries contribute (xᵀ y)², which the Gram matrices hold.
struct Params {
    k: u32,         // factors, a multiple of four
    count: u32,     // parts of this dispatch
    offset: u32,    // the first of them
    base: u32,      // row of the fixed side that lies first in its binding
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;                   // [u, k / 4]
@group(0) @binding(1) var<storage, read> y: array<vec4f>;                   // [n, k / 4]
@group(0) @binding(2) var<storage, read> entries: array<vec2u>;             // [e] row of y, bits of s
@group(0) @binding(3) var<storage, read> parts: array<vec4u>;               // [p] slot, row, first, end
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;            // [p]
@group(1) @binding(0) var<uniform> params: Params;

fn total(v: vec4f) -> f32 {
    return (v.x + v.y) + (v.z + v.w);
}

// (1 + s) (1 - d)² - d², or 0 for an entry that repeats the last.
fn term(entry: vec2u, product: f32, counts: bool) -> f32 {
    let s = bitcast<f32>(entry.y);
    return select(0.0, (1.0 + s) * (1.0 - 2.0 * product) + s * product * product, counts);
}

// Four entries at a time, which share the loads of x.
@compute @workgroup_size(64)
fn sum_parts(invocation: Invocation) {
    let thread = thread_index(invocation);
    if (thread >= params.count) { return; }
    let place = params.offset + thread;
    let part = parts[place];
    let quads = params.k / 4u;
    let here = part.y * quads;
    let last = part.w - 1u;
    var sum = 0.0;
    for (var e = part.z; e < part.w; e += 4u) {
        let e0 = entries[e];
        let e1 = entries[min(e + 1u, last)];
        let e2 = entries[min(e + 2u, last)];
        let e3 = entries[min(e + 3u, last)];
        let y0 = (e0.x - params.base) * quads;
        let y1 = (e1.x - params.base) * quads;
        let y2 = (e2.x - params.base) * quads;
        let y3 = (e3.x - params.base) * quads;
        var d0 = vec4f();
        var d1 = vec4f();
        var d2 = vec4f();
        var d3 = vec4f();
        for (var quad = 0u; quad < quads; quad++) {
            let factors = x[here + quad];
            d0 = fma(factors, y[y0 + quad], d0);
            d1 = fma(factors, y[y1 + quad], d1);
            d2 = fma(factors, y[y2 + quad], d2);
            d3 = fma(factors, y[y3 + quad], d3);
        }
        sum += (term(e0, total(d0), true) + term(e1, total(d1), e < last)) +
            (term(e2, total(d2), e + 1u < last) + term(e3, total(d3), e + 2u < last));
    }
    sums[place] = sum;
}

// Weight gradient: dw[ky, kx, c, f] = sum over images and positions of x at the tap times dy.
//
// A thread holds a tile of channels by filters at one tap and adds outer products, two images at a
// time. The sum is split into chunks of (image pair, output row); a second pass adds the chunks in
// order, so the result is the same at every run and rounding grows with a chunk, not with the batch.
struct Params {
    b: u32, h: u32, w: u32, c: u32, f: u32, kh: u32, kw: u32, oh: u32, ow: u32,
    stride: u32, pad_top: u32, pad_left: u32,
    chunks: u32,
    rows: u32, // (image pair, output row) in a chunk
}

@group(0) @binding(2) var<storage, read_write> dw: array<vec4f>;   // [chunks, kh, kw, c, f / 4]
@group(0) @binding(2) var<storage, read_write> dw_scalar: array<f32>;
@group(0) @binding(1) var<storage, read_write> padded: array<f32>; // [b, oh, ow, c]
@group(1) @binding(0) var<uniform> params: Params;

// First and last + 1 of the output columns whose tap `kx` falls inside the image.
fn columns_of(kx: u32) -> vec2u {
    let before = params.pad_left - min(params.pad_left, kx);
    let first = (before + params.stride - 1u) / params.stride;
    let width = params.w + params.pad_left;
    let end = (width - min(width, kx) + params.stride - 1u) / params.stride;
    return vec2u(first, min(end, params.ow));
}

// A chunk's rows: first and last + 1.
fn rows_of(chunk: u32) -> vec2u {
    let all = (params.b + 1u) / 2u * params.oh;
    return min(vec2u(chunk, chunk + 1u) * params.rows, vec2u(all));
}

// Two images' outer products: s + a.x * d0 + a.y * d1.
fn add_pair(s: vec4f, a: f32, b: f32, d0: vec4f, d1: vec4f) -> vec4f {
    return fma(vec4f(b), d1, fma(vec4f(a), d0, s));
}

// Offset in x of a tap (ky, kx, c), folded into one index; past the last tap, that one again.
fn tap_offset(tap: u32) -> u32 {
    let run = params.kw * params.c;
    let inside = min(tap, params.kh * run - 1u);
    return inside / run * params.w * params.c + inside % run;
}

// A row of the tile: one channel by 16 filters.
struct Sixteen { v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f }

fn store_sixteen(row: u32, column: u32, columns: u32, s: Sixteen) {
    let filters = params.f / 4u;
    if (column < filters) { dw[row * filters + column] = s.v0; }
    if (column + 1u * columns < filters) { dw[row * filters + column + 1u * columns] = s.v1; }
    if (column + 2u * columns < filters) { dw[row * filters + column + 2u * columns] = s.v2; }
    if (column + 3u * columns < filters) { dw[row * filters + column + 3u * columns] = s.v3; }
}

// A row of the tile: one channel by 8 filters.
struct Eight { v0: vec4f, v1: vec4f }

fn store_eight(row: u32, column: u32, columns: u32, s: Eight) {
    let filters = params.f / 4u;
    if (column < filters) { dw[row * filters + column] = s.v0; }
    if (column + 1u * columns < filters) { dw[row * filters + column + 1u * columns] = s.v1; }
}

// 16 channels by 16 filters: 16 loads of vec4 for 128 fma of vec4.
@compute @workgroup_size(64)
fn backward_weight_16x16(invocation: Invocation) {
    let index = thread_index(invocation);
    let filters = params.f / 4u;
    let channels = params.c / 4u;
    let columns = (filters + 3u) / 4u;
    let depths = (channels + 3u) / 4u;
    let column = index % columns;
    let depth = index / columns % depths;
    let tap = index / columns / depths % (params.kh * params.kw);
    let chunk = index / columns / depths / (params.kh * params.kw);
    if (chunk >= params.chunks) { return; }
    let ky = tap / params.kw;
    let kx = tap % params.kw;
    let image = params.h * params.w * channels;
    let image_out = params.oh * params.ow * filters;
    let c0 = min(depth + 0u * depths, channels - 1u);
    let c1 = min(depth + 1u * depths, channels - 1u);
    let c2 = min(depth + 2u * depths, channels - 1u);
    let c3 = min(depth + 3u * depths, channels - 1u);
    let f0 = min(column + 0u * columns, filters - 1u);
    let f1 = min(column + 1u * columns, filters - 1u);
    let f2 = min(column + 2u * columns, filters - 1u);
    let f3 = min(column + 3u * columns, filters - 1u);
    var s0_0 = vec4f(); var s0_1 = vec4f(); var s0_2 = vec4f(); var s0_3 = vec4f();
    var s1_0 = vec4f(); var s1_1 = vec4f(); var s1_2 = vec4f(); var s1_3 = vec4f();
    var s2_0 = vec4f(); var s2_1 = vec4f(); var s2_2 = vec4f(); var s2_3 = vec4f();
    var s3_0 = vec4f(); var s3_1 = vec4f(); var s3_2 = vec4f(); var s3_3 = vec4f();
    var s4_0 = vec4f(); var s4_1 = vec4f(); var s4_2 = vec4f(); var s4_3 = vec4f();
    var s5_0 = vec4f(); var s5_1 = vec4f(); var s5_2 = vec4f(); var s5_3 = vec4f();
    var s6_0 = vec4f(); var s6_1 = vec4f(); var s6_2 = vec4f(); var s6_3 = vec4f();
    var s7_0 = vec4f(); var s7_1 = vec4f(); var s7_2 = vec4f(); var s7_3 = vec4f();
    var s8_0 = vec4f(); var s8_1 = vec4f(); var s8_2 = vec4f(); var s8_3 = vec4f();
    var s9_0 = vec4f(); var s9_1 = vec4f(); var s9_2 = vec4f(); var s9_3 = vec4f();
    var s10_0 = vec4f(); var s10_1 = vec4f(); var s10_2 = vec4f(); var s10_3 = vec4f();
    var s11_0 = vec4f(); var s11_1 = vec4f(); var s11_2 = vec4f(); var s11_3 = vec4f();
    var s12_0 = vec4f(); var s12_1 = vec4f(); var s12_2 = vec4f(); var s12_3 = vec4f();
    var s13_0 = vec4f(); var s13_1 = vec4f(); var s13_2 = vec4f(); var s13_3 = vec4f();
    var s14_0 = vec4f(); var s14_1 = vec4f(); var s14_2 = vec4f(); var s14_3 = vec4f();
    var s15_0 = vec4f(); var s15_1 = vec4f(); var s15_2 = vec4f(); var s15_3 = vec4f();
    let range = columns_of(kx);
    let rows = rows_of(chunk);
    for (var row = rows.x; row < rows.y; row++) {
        let iy = row % params.oh * params.stride + ky - params.pad_top; // wraps when above the image
        if (iy >= params.h) { continue; }
        let first = 2u * (row / params.oh);
        let paired = first + 1u < params.b;
        let ix = range.x * params.stride + kx - params.pad_left;
        var xi = first * image + (iy * params.w + ix) * channels;
        var yi = first * image_out + (row % params.oh * params.ow + range.x) * filters;
        let next_x = select(0u, image, paired);
        let next_y = select(0u, image_out, paired);
        let weight = select(0.0, 1.0, paired); // an odd batch's last image has no partner
        for (var ox = range.x; ox < range.y; ox++) {
            let a0 = left_vec4(xi + c0);
            let b0 = weight * left_vec4(xi + next_x + c0);
            let a1 = left_vec4(xi + c1);
            let b1 = weight * left_vec4(xi + next_x + c1);
            let a2 = left_vec4(xi + c2);
            let b2 = weight * left_vec4(xi + next_x + c2);
            let a3 = left_vec4(xi + c3);
            let b3 = weight * left_vec4(xi + next_x + c3);
            let d0 = right_vec4(yi + f0);
            let e0 = right_vec4(yi + next_y + f0);
            s0_0 = add_pair(s0_0, a0.x, b0.x, d0, e0);
            s1_0 = add_pair(s1_0, a0.y, b0.y, d0, e0);
            s2_0 = add_pair(s2_0, a0.z, b0.z, d0, e0);
            s3_0 = add_pair(s3_0, a0.w, b0.w, d0, e0);
            s4_0 = add_pair(s4_0, a1.x, b1.x, d0, e0);
            s5_0 = add_pair(s5_0, a1.y, b1.y, d0, e0);
            s6_0 = add_pair(s6_0, a1.z, b1.z, d0, e0);
            s7_0 = add_pair(s7_0, a1.w, b1.w, d0, e0);
            s8_0 = add_pair(s8_0, a2.x, b2.x, d0, e0);
            s9_0 = add_pair(s9_0, a2.y, b2.y, d0, e0);
            s10_0 = add_pair(s10_0, a2.z, b2.z, d0, e0);
            s11_0 = add_pair(s11_0, a2.w, b2.w, d0, e0);
            s12_0 = add_pair(s12_0, a3.x, b3.x, d0, e0);
            s13_0 = add_pair(s13_0, a3.y, b3.y, d0, e0);
            s14_0 = add_pair(s14_0, a3.z, b3.z, d0, e0);
            s15_0 = add_pair(s15_0, a3.w, b3.w, d0, e0);
            let d1 = right_vec4(yi + f1);
            let e1 = right_vec4(yi + next_y + f1);
            s0_1 = add_pair(s0_1, a0.x, b0.x, d1, e1);
            s1_1 = add_pair(s1_1, a0.y, b0.y, d1, e1);
            s2_1 = add_pair(s2_1, a0.z, b0.z, d1, e1);
            s3_1 = add_pair(s3_1, a0.w, b0.w, d1, e1);
            s4_1 = add_pair(s4_1, a1.x, b1.x, d1, e1);
            s5_1 = add_pair(s5_1, a1.y, b1.y, d1, e1);
            s6_1 = add_pair(s6_1, a1.z, b1.z, d1, e1);
            s7_1 = add_pair(s7_1, a1.w, b1.w, d1, e1);
            s8_1 = add_pair(s8_1, a2.x, b2.x, d1, e1);
            s9_1 = add_pair(s9_1, a2.y, b2.y, d1, e1);
            s10_1 = add_pair(s10_1, a2.z, b2.z, d1, e1);
            s11_1 = add_pair(s11_1, a2.w, b2.w, d1, e1);
            s12_1 = add_pair(s12_1, a3.x, b3.x, d1, e1);
            s13_1 = add_pair(s13_1, a3.y, b3.y, d1, e1);
            s14_1 = add_pair(s14_1, a3.z, b3.z, d1, e1);
            s15_1 = add_pair(s15_1, a3.w, b3.w, d1, e1);
            let d2 = right_vec4(yi + f2);
            let e2 = right_vec4(yi + next_y + f2);
            s0_2 = add_pair(s0_2, a0.x, b0.x, d2, e2);
            s1_2 = add_pair(s1_2, a0.y, b0.y, d2, e2);
            s2_2 = add_pair(s2_2, a0.z, b0.z, d2, e2);
            s3_2 = add_pair(s3_2, a0.w, b0.w, d2, e2);
            s4_2 = add_pair(s4_2, a1.x, b1.x, d2, e2);
            s5_2 = add_pair(s5_2, a1.y, b1.y, d2, e2);
            s6_2 = add_pair(s6_2, a1.z, b1.z, d2, e2);
            s7_2 = add_pair(s7_2, a1.w, b1.w, d2, e2);
            s8_2 = add_pair(s8_2, a2.x, b2.x, d2, e2);
            s9_2 = add_pair(s9_2, a2.y, b2.y, d2, e2);
            s10_2 = add_pair(s10_2, a2.z, b2.z, d2, e2);
            s11_2 = add_pair(s11_2, a2.w, b2.w, d2, e2);
            s12_2 = add_pair(s12_2, a3.x, b3.x, d2, e2);
            s13_2 = add_pair(s13_2, a3.y, b3.y, d2, e2);
            s14_2 = add_pair(s14_2, a3.z, b3.z, d2, e2);
            s15_2 = add_pair(s15_2, a3.w, b3.w, d2, e2);
            let d3 = right_vec4(yi + f3);
            let e3 = right_vec4(yi + next_y + f3);
            s0_3 = add_pair(s0_3, a0.x, b0.x, d3, e3);
            s1_3 = add_pair(s1_3, a0.y, b0.y, d3, e3);
            s2_3 = add_pair(s2_3, a0.z, b0.z, d3, e3);
            s3_3 = add_pair(s3_3, a0.w, b0.w, d3, e3);
            s4_3 = add_pair(s4_3, a1.x, b1.x, d3, e3);
            s5_3 = add_pair(s5_3, a1.y, b1.y, d3, e3);
            s6_3 = add_pair(s6_3, a1.z, b1.z, d3, e3);
            s7_3 = add_pair(s7_3, a1.w, b1.w, d3, e3);
            s8_3 = add_pair(s8_3, a2.x, b2.x, d3, e3);
            s9_3 = add_pair(s9_3, a2.y, b2.y, d3, e3);
            s10_3 = add_pair(s10_3, a2.z, b2.z, d3, e3);
            s11_3 = add_pair(s11_3, a2.w, b2.w, d3, e3);
            s12_3 = add_pair(s12_3, a3.x, b3.x, d3, e3);
            s13_3 = add_pair(s13_3, a3.y, b3.y, d3, e3);
            s14_3 = add_pair(s14_3, a3.z, b3.z, d3, e3);
            s15_3 = add_pair(s15_3, a3.w, b3.w, d3, e3);
            xi += params.stride * channels;
            yi += filters;
        }
    }
    let out = (chunk * params.kh * params.kw + tap) * params.c;
    store_sixteen(out + 4u * c0 + 0u, column, columns, Sixteen(s0_0, s0_1, s0_2, s0_3));
    store_sixteen(out + 4u * c0 + 1u, column, columns, Sixteen(s1_0, s1_1, s1_2, s1_3));
    store_sixteen(out + 4u * c0 + 2u, column, columns, Sixteen(s2_0, s2_1, s2_2, s2_3));
    store_sixteen(out + 4u * c0 + 3u, column, columns, Sixteen(s3_0, s3_1, s3_2, s3_3));
    if (depth + 1u * depths < channels) {
        store_sixteen(out + 4u * c1 + 0u, column, columns, Sixteen(s4_0, s4_1, s4_2, s4_3));
        store_sixteen(out + 4u * c1 + 1u, column, columns, Sixteen(s5_0, s5_1, s5_2, s5_3));
        store_sixteen(out + 4u * c1 + 2u, column, columns, Sixteen(s6_0, s6_1, s6_2, s6_3));
        store_sixteen(out + 4u * c1 + 3u, column, columns, Sixteen(s7_0, s7_1, s7_2, s7_3));
    }
    if (depth + 2u * depths < channels) {
        store_sixteen(out + 4u * c2 + 0u, column, columns, Sixteen(s8_0, s8_1, s8_2, s8_3));
        store_sixteen(out + 4u * c2 + 1u, column, columns, Sixteen(s9_0, s9_1, s9_2, s9_3));
        store_sixteen(out + 4u * c2 + 2u, column, columns, Sixteen(s10_0, s10_1, s10_2, s10_3));
        store_sixteen(out + 4u * c2 + 3u, column, columns, Sixteen(s11_0, s11_1, s11_2, s11_3));
    }
    if (depth + 3u * depths < channels) {
        store_sixteen(out + 4u * c3 + 0u, column, columns, Sixteen(s12_0, s12_1, s12_2, s12_3));
        store_sixteen(out + 4u * c3 + 1u, column, columns, Sixteen(s13_0, s13_1, s13_2, s13_3));
        store_sixteen(out + 4u * c3 + 2u, column, columns, Sixteen(s14_0, s14_1, s14_2, s14_3));
        store_sixteen(out + 4u * c3 + 3u, column, columns, Sixteen(s15_0, s15_1, s15_2, s15_3));
    }
}

// 8 channels by 8 filters: few registers.
@compute @workgroup_size(64)
fn backward_weight_8x8(invocation: Invocation) {
    let index = thread_index(invocation);
    let filters = params.f / 4u;
    let channels = params.c / 4u;
    let columns = (filters + 1u) / 2u;
    let depths = (channels + 1u) / 2u;
    let column = index % columns;
    let depth = index / columns % depths;
    let tap = index / columns / depths % (params.kh * params.kw);
    let chunk = index / columns / depths / (params.kh * params.kw);
    if (chunk >= params.chunks) { return; }
    let ky = tap / params.kw;
    let kx = tap % params.kw;
    let image = params.h * params.w * channels;
    let image_out = params.oh * params.ow * filters;
    let c0 = min(depth + 0u * depths, channels - 1u);
    let c1 = min(depth + 1u * depths, channels - 1u);
    let f0 = min(column + 0u * columns, filters - 1u);
    let f1 = min(column + 1u * columns, filters - 1u);
    var s0_0 = vec4f(); var s0_1 = vec4f();
    var s1_0 = vec4f(); var s1_1 = vec4f();
    var s2_0 = vec4f(); var s2_1 = vec4f();
    var s3_0 = vec4f(); var s3_1 = vec4f();
    var s4_0 = vec4f(); var s4_1 = vec4f();
    var s5_0 = vec4f(); var s5_1 = vec4f();
    var s6_0 = vec4f(); var s6_1 = vec4f();
    var s7_0 = vec4f(); var s7_1 = vec4f();
    let range = columns_of(kx);
    let rows = rows_of(chunk);
    for (var row = rows.x; row < rows.y; row++) {
        let iy = row % params.oh * params.stride + ky - params.pad_top; // wraps when above the image
        if (iy >= params.h) { continue; }
        let first = 2u * (row / params.oh);
        let paired = first + 1u < params.b;
        let ix = range.x * params.stride + kx - params.pad_left;
        var xi = first * image + (iy * params.w + ix) * channels;
        var yi = first * image_out + (row % params.oh * params.ow + range.x) * filters;
        let next_x = select(0u, image, paired);
        let next_y = select(0u, image_out, paired);
        let weight = select(0.0, 1.0, paired); // an odd batch's last image has no partner
        for (var ox = range.x; ox < range.y; ox++) {
            let a0 = left_vec4(xi + c0);
            let b0 = weight * left_vec4(xi + next_x + c0);
            let a1 = left_vec4(xi + c1);
            let b1 = weight * left_vec4(xi + next_x + c1);
            let d0 = right_vec4(yi + f0);
            let e0 = right_vec4(yi + next_y + f0);
            s0_0 = add_pair(s0_0, a0.x, b0.x, d0, e0);
            s1_0 = add_pair(s1_0, a0.y, b0.y, d0, e0);
            s2_0 = add_pair(s2_0, a0.z, b0.z, d0, e0);
            s3_0 = add_pair(s3_0, a0.w, b0.w, d0, e0);
            s4_0 = add_pair(s4_0, a1.x, b1.x, d0, e0);
            s5_0 = add_pair(s5_0, a1.y, b1.y, d0, e0);
            s6_0 = add_pair(s6_0, a1.z, b1.z, d0, e0);
            s7_0 = add_pair(s7_0, a1.w, b1.w, d0, e0);
            let d1 = right_vec4(yi + f1);
            let e1 = right_vec4(yi + next_y + f1);
            s0_1 = add_pair(s0_1, a0.x, b0.x, d1, e1);
            s1_1 = add_pair(s1_1, a0.y, b0.y, d1, e1);
            s2_1 = add_pair(s2_1, a0.z, b0.z, d1, e1);
            s3_1 = add_pair(s3_1, a0.w, b0.w, d1, e1);
            s4_1 = add_pair(s4_1, a1.x, b1.x, d1, e1);
            s5_1 = add_pair(s5_1, a1.y, b1.y, d1, e1);
            s6_1 = add_pair(s6_1, a1.z, b1.z, d1, e1);
            s7_1 = add_pair(s7_1, a1.w, b1.w, d1, e1);
            xi += params.stride * channels;
            yi += filters;
        }
    }
    let out = (chunk * params.kh * params.kw + tap) * params.c;
    store_eight(out + 4u * c0 + 0u, column, columns, Eight(s0_0, s0_1));
    store_eight(out + 4u * c0 + 1u, column, columns, Eight(s1_0, s1_1));
    store_eight(out + 4u * c0 + 2u, column, columns, Eight(s2_0, s2_1));
    store_eight(out + 4u * c0 + 3u, column, columns, Eight(s3_0, s3_1));
    if (depth + 1u * depths < channels) {
        store_eight(out + 4u * c1 + 0u, column, columns, Eight(s4_0, s4_1));
        store_eight(out + 4u * c1 + 1u, column, columns, Eight(s5_0, s5_1));
        store_eight(out + 4u * c1 + 2u, column, columns, Eight(s6_0, s6_1));
        store_eight(out + 4u * c1 + 3u, column, columns, Eight(s7_0, s7_1));
    }
}

// Channels that are no multiple of 4, no padding: the tile's rows are taps (ky, kx, c) in order.
@compute @workgroup_size(64)
fn narrow_16x16(invocation: Invocation) {
    let index = thread_index(invocation);
    let filters = params.f / 4u;
    let taps = params.kh * params.kw * params.c;
    let columns = (filters + 3u) / 4u;
    let depths = (taps + 15u) / 16u;
    let column = index % columns;
    let tap = index / columns % depths * 16u;
    let chunk = index / columns / depths;
    if (chunk >= params.chunks) { return; }
    let image = params.h * params.w * params.c;
    let image_out = params.oh * params.ow * filters;
    let t0 = tap_offset(tap + 0u);
    let t1 = tap_offset(tap + 1u);
    let t2 = tap_offset(tap + 2u);
    let t3 = tap_offset(tap + 3u);
    let t4 = tap_offset(tap + 4u);
    let t5 = tap_offset(tap + 5u);
    let t6 = tap_offset(tap + 6u);
    let t7 = tap_offset(tap + 7u);
    let t8 = tap_offset(tap + 8u);
    let t9 = tap_offset(tap + 9u);
    let t10 = tap_offset(tap + 10u);
    let t11 = tap_offset(tap + 11u);
    let t12 = tap_offset(tap + 12u);
    let t13 = tap_offset(tap + 13u);
    let t14 = tap_offset(tap + 14u);
    let t15 = tap_offset(tap + 15u);
    let f0 = min(column + 0u * columns, filters - 1u);
    let f1 = min(column + 1u * columns, filters - 1u);
    let f2 = min(column + 2u * columns, filters - 1u);
    let f3 = min(column + 3u * columns, filters - 1u);
    var s0_0 = vec4f(); var s0_1 = vec4f(); var s0_2 = vec4f(); var s0_3 = vec4f();
    var s1_0 = vec4f(); var s1_1 = vec4f(); var s1_2 = vec4f(); var s1_3 = vec4f();
    var s2_0 = vec4f(); var s2_1 = vec4f(); var s2_2 = vec4f(); var s2_3 = vec4f();
    var s3_0 = vec4f(); var s3_1 = vec4f(); var s3_2 = vec4f(); var s3_3 = vec4f();
    var s4_0 = vec4f(); var s4_1 = vec4f(); var s4_2 = vec4f(); var s4_3 = vec4f();
    var s5_0 = vec4f(); var s5_1 = vec4f(); var s5_2 = vec4f(); var s5_3 = vec4f();
    var s6_0 = vec4f(); var s6_1 = vec4f(); var s6_2 = vec4f(); var s6_3 = vec4f();
    var s7_0 = vec4f(); var s7_1 = vec4f(); var s7_2 = vec4f(); var s7_3 = vec4f();
    var s8_0 = vec4f(); var s8_1 = vec4f(); var s8_2 = vec4f(); var s8_3 = vec4f();
    var s9_0 = vec4f(); var s9_1 = vec4f(); var s9_2 = vec4f(); var s9_3 = vec4f();
    var s10_0 = vec4f(); var s10_1 = vec4f(); var s10_2 = vec4f(); var s10_3 = vec4f();
    var s11_0 = vec4f(); var s11_1 = vec4f(); var s11_2 = vec4f(); var s11_3 = vec4f();
    var s12_0 = vec4f(); var s12_1 = vec4f(); var s12_2 = vec4f(); var s12_3 = vec4f();
    var s13_0 = vec4f(); var s13_1 = vec4f(); var s13_2 = vec4f(); var s13_3 = vec4f();
    var s14_0 = vec4f(); var s14_1 = vec4f(); var s14_2 = vec4f(); var s14_3 = vec4f();
    var s15_0 = vec4f(); var s15_1 = vec4f(); var s15_2 = vec4f(); var s15_3 = vec4f();
    let rows = rows_of(chunk);
    for (var row = rows.x; row < rows.y; row++) {
        let first = 2u * (row / params.oh);
        let paired = first + 1u < params.b;
        var xi = first * image + row % params.oh * params.stride * params.w * params.c;
        var yi = first * image_out + row % params.oh * params.ow * filters;
        let next_x = select(0u, image, paired);
        let next_y = select(0u, image_out, paired);
        let weight = select(0.0, 1.0, paired); // an odd batch's last image has no partner
        for (var ox = 0u; ox < params.ow; ox++) {
            let a0 = left_scalar(xi + t0);
            let b0 = weight * left_scalar(xi + next_x + t0);
            let a1 = left_scalar(xi + t1);
            let b1 = weight * left_scalar(xi + next_x + t1);
            let a2 = left_scalar(xi + t2);
            let b2 = weight * left_scalar(xi + next_x + t2);
            let a3 = left_scalar(xi + t3);
            let b3 = weight * left_scalar(xi + next_x + t3);
            let a4 = left_scalar(xi + t4);
            let b4 = weight * left_scalar(xi + next_x + t4);
            let a5 = left_scalar(xi + t5);
            let b5 = weight * left_scalar(xi + next_x + t5);
            let a6 = left_scalar(xi + t6);
            let b6 = weight * left_scalar(xi + next_x + t6);
            let a7 = left_scalar(xi + t7);
            let b7 = weight * left_scalar(xi + next_x + t7);
            let a8 = left_scalar(xi + t8);
            let b8 = weight * left_scalar(xi + next_x + t8);
            let a9 = left_scalar(xi + t9);
            let b9 = weight * left_scalar(xi + next_x + t9);
            let a10 = left_scalar(xi + t10);
            let b10 = weight * left_scalar(xi + next_x + t10);
            let a11 = left_scalar(xi + t11);
            let b11 = weight * left_scalar(xi + next_x + t11);
            let a12 = left_scalar(xi + t12);
            let b12 = weight * left_scalar(xi + next_x + t12);
            let a13 = left_scalar(xi + t13);
            let b13 = weight * left_scalar(xi + next_x + t13);
            let a14 = left_scalar(xi + t14);
            let b14 = weight * left_scalar(xi + next_x + t14);
            let a15 = left_scalar(xi + t15);
            let b15 = weight * left_scalar(xi + next_x + t15);
            let d0 = right_vec4(yi + f0);
            let e0 = right_vec4(yi + next_y + f0);
            s0_0 = add_pair(s0_0, a0, b0, d0, e0);
            s1_0 = add_pair(s1_0, a1, b1, d0, e0);
            s2_0 = add_pair(s2_0, a2, b2, d0, e0);
            s3_0 = add_pair(s3_0, a3, b3, d0, e0);
            s4_0 = add_pair(s4_0, a4, b4, d0, e0);
            s5_0 = add_pair(s5_0, a5, b5, d0, e0);
            s6_0 = add_pair(s6_0, a6, b6, d0, e0);
            s7_0 = add_pair(s7_0, a7, b7, d0, e0);
            s8_0 = add_pair(s8_0, a8, b8, d0, e0);
            s9_0 = add_pair(s9_0, a9, b9, d0, e0);
            s10_0 = add_pair(s10_0, a10, b10, d0, e0);
            s11_0 = add_pair(s11_0, a11, b11, d0, e0);
            s12_0 = add_pair(s12_0, a12, b12, d0, e0);
            s13_0 = add_pair(s13_0, a13, b13, d0, e0);
            s14_0 = add_pair(s14_0, a14, b14, d0, e0);
            s15_0 = add_pair(s15_0, a15, b15, d0, e0);
            let d1 = right_vec4(yi + f1);
            let e1 = right_vec4(yi + next_y + f1);
            s0_1 = add_pair(s0_1, a0, b0, d1, e1);
            s1_1 = add_pair(s1_1, a1, b1, d1, e1);
            s2_1 = add_pair(s2_1, a2, b2, d1, e1);
            s3_1 = add_pair(s3_1, a3, b3, d1, e1);
            s4_1 = add_pair(s4_1, a4, b4, d1, e1);
            s5_1 = add_pair(s5_1, a5, b5, d1, e1);
            s6_1 = add_pair(s6_1, a6, b6, d1, e1);
            s7_1 = add_pair(s7_1, a7, b7, d1, e1);
            s8_1 = add_pair(s8_1, a8, b8, d1, e1);
            s9_1 = add_pair(s9_1, a9, b9, d1, e1);
            s10_1 = add_pair(s10_1, a10, b10, d1, e1);
            s11_1 = add_pair(s11_1, a11, b11, d1, e1);
            s12_1 = add_pair(s12_1, a12, b12, d1, e1);
            s13_1 = add_pair(s13_1, a13, b13, d1, e1);
            s14_1 = add_pair(s14_1, a14, b14, d1, e1);
            s15_1 = add_pair(s15_1, a15, b15, d1, e1);
            let d2 = right_vec4(yi + f2);
            let e2 = right_vec4(yi + next_y + f2);
            s0_2 = add_pair(s0_2, a0, b0, d2, e2);
            s1_2 = add_pair(s1_2, a1, b1, d2, e2);
            s2_2 = add_pair(s2_2, a2, b2, d2, e2);
            s3_2 = add_pair(s3_2, a3, b3, d2, e2);
            s4_2 = add_pair(s4_2, a4, b4, d2, e2);
            s5_2 = add_pair(s5_2, a5, b5, d2, e2);
            s6_2 = add_pair(s6_2, a6, b6, d2, e2);
            s7_2 = add_pair(s7_2, a7, b7, d2, e2);
            s8_2 = add_pair(s8_2, a8, b8, d2, e2);
            s9_2 = add_pair(s9_2, a9, b9, d2, e2);
            s10_2 = add_pair(s10_2, a10, b10, d2, e2);
            s11_2 = add_pair(s11_2, a11, b11, d2, e2);
            s12_2 = add_pair(s12_2, a12, b12, d2, e2);
            s13_2 = add_pair(s13_2, a13, b13, d2, e2);
            s14_2 = add_pair(s14_2, a14, b14, d2, e2);
            s15_2 = add_pair(s15_2, a15, b15, d2, e2);
            let d3 = right_vec4(yi + f3);
            let e3 = right_vec4(yi + next_y + f3);
            s0_3 = add_pair(s0_3, a0, b0, d3, e3);
            s1_3 = add_pair(s1_3, a1, b1, d3, e3);
            s2_3 = add_pair(s2_3, a2, b2, d3, e3);
            s3_3 = add_pair(s3_3, a3, b3, d3, e3);
            s4_3 = add_pair(s4_3, a4, b4, d3, e3);
            s5_3 = add_pair(s5_3, a5, b5, d3, e3);
            s6_3 = add_pair(s6_3, a6, b6, d3, e3);
            s7_3 = add_pair(s7_3, a7, b7, d3, e3);
            s8_3 = add_pair(s8_3, a8, b8, d3, e3);
            s9_3 = add_pair(s9_3, a9, b9, d3, e3);
            s10_3 = add_pair(s10_3, a10, b10, d3, e3);
            s11_3 = add_pair(s11_3, a11, b11, d3, e3);
            s12_3 = add_pair(s12_3, a12, b12, d3, e3);
            s13_3 = add_pair(s13_3, a13, b13, d3, e3);
            s14_3 = add_pair(s14_3, a14, b14, d3, e3);
            s15_3 = add_pair(s15_3, a15, b15, d3, e3);
            xi += params.stride * params.c;
            yi += filters;
        }
    }
    let out = chunk * taps + tap;
    store_sixteen(out + 0u, column, columns, Sixteen(s0_0, s0_1, s0_2, s0_3));
    if (tap + 1u < taps) { store_sixteen(out + 1u, column, columns, Sixteen(s1_0, s1_1, s1_2, s1_3)); }
    if (tap + 2u < taps) { store_sixteen(out + 2u, column, columns, Sixteen(s2_0, s2_1, s2_2, s2_3)); }
    if (tap + 3u < taps) { store_sixteen(out + 3u, column, columns, Sixteen(s3_0, s3_1, s3_2, s3_3)); }
    if (tap + 4u < taps) { store_sixteen(out + 4u, column, columns, Sixteen(s4_0, s4_1, s4_2, s4_3)); }
    if (tap + 5u < taps) { store_sixteen(out + 5u, column, columns, Sixteen(s5_0, s5_1, s5_2, s5_3)); }
    if (tap + 6u < taps) { store_sixteen(out + 6u, column, columns, Sixteen(s6_0, s6_1, s6_2, s6_3)); }
    if (tap + 7u < taps) { store_sixteen(out + 7u, column, columns, Sixteen(s7_0, s7_1, s7_2, s7_3)); }
    if (tap + 8u < taps) { store_sixteen(out + 8u, column, columns, Sixteen(s8_0, s8_1, s8_2, s8_3)); }
    if (tap + 9u < taps) { store_sixteen(out + 9u, column, columns, Sixteen(s9_0, s9_1, s9_2, s9_3)); }
    if (tap + 10u < taps) { store_sixteen(out + 10u, column, columns, Sixteen(s10_0, s10_1, s10_2, s10_3)); }
    if (tap + 11u < taps) { store_sixteen(out + 11u, column, columns, Sixteen(s11_0, s11_1, s11_2, s11_3)); }
    if (tap + 12u < taps) { store_sixteen(out + 12u, column, columns, Sixteen(s12_0, s12_1, s12_2, s12_3)); }
    if (tap + 13u < taps) { store_sixteen(out + 13u, column, columns, Sixteen(s13_0, s13_1, s13_2, s13_3)); }
    if (tap + 14u < taps) { store_sixteen(out + 14u, column, columns, Sixteen(s14_0, s14_1, s14_2, s14_3)); }
    if (tap + 15u < taps) { store_sixteen(out + 15u, column, columns, Sixteen(s15_0, s15_1, s15_2, s15_3)); }
}

// The same with 12 taps by 32 filters: an element of x costs as much to load as a vec4, so more filters
// an element pay.
@compute @workgroup_size(64)
fn narrow_12x32(invocation: Invocation) {
    let index = thread_index(invocation);
    let filters = params.f / 4u;
    let taps = params.kh * params.kw * params.c;
    let columns = (filters + 7u) / 8u;
    let depths = (taps + 11u) / 12u;
    let column = index % columns;
    let tap = index / columns % depths * 12u;
    let chunk = index / columns / depths;
    if (chunk >= params.chunks) { return; }
    let image = params.h * params.w * params.c;
    let image_out = params.oh * params.ow * filters;
    let t0 = tap_offset(tap + 0u);
    let t1 = tap_offset(tap + 1u);
    let t2 = tap_offset(tap + 2u);
    let t3 = tap_offset(tap + 3u);
    let t4 = tap_offset(tap + 4u);
    let t5 = tap_offset(tap + 5u);
    let t6 = tap_offset(tap + 6u);
    let t7 = tap_offset(tap + 7u);
    let t8 = tap_offset(tap + 8u);
    let t9 = tap_offset(tap + 9u);
    let t10 = tap_offset(tap + 10u);
    let t11 = tap_offset(tap + 11u);
    let f0 = min(column + 0u * columns, filters - 1u);
    let f1 = min(column + 1u * columns, filters - 1u);
    let f2 = min(column + 2u * columns, filters - 1u);
    let f3 = min(column + 3u * columns, filters - 1u);
    let f4 = min(column + 4u * columns, filters - 1u);
    let f5 = min(column + 5u * columns, filters - 1u);
    let f6 = min(column + 6u * columns, filters - 1u);
    let f7 = min(column + 7u * columns, filters - 1u);
    var s0_0 = vec4f(); var s0_1 = vec4f(); var s0_2 = vec4f(); var s0_3 = vec4f();
    var s0_4 = vec4f(); var s0_5 = vec4f(); var s0_6 = vec4f(); var s0_7 = vec4f();
    var s1_0 = vec4f(); var s1_1 = vec4f(); var s1_2 = vec4f(); var s1_3 = vec4f();
    var s1_4 = vec4f(); var s1_5 = vec4f(); var s1_6 = vec4f(); var s1_7 = vec4f();
    var s2_0 = vec4f(); var s2_1 = vec4f(); var s2_2 = vec4f(); var s2_3 = vec4f();
    var s2_4 = vec4f(); var s2_5 = vec4f(); var s2_6 = vec4f(); var s2_7 = vec4f();
    var s3_0 = vec4f(); var s3_1 = vec4f(); var s3_2 = vec4f(); var s3_3 = vec4f();
    var s3_4 = vec4f(); var s3_5 = vec4f(); var s3_6 = vec4f(); var s3_7 = vec4f();
    var s4_0 = vec4f(); var s4_1 = vec4f(); var s4_2 = vec4f(); var s4_3 = vec4f();
    var s4_4 = vec4f(); var s4_5 = vec4f(); var s4_6 = vec4f(); var s4_7 = vec4f();
    var s5_0 = vec4f(); var s5_1 = vec4f(); var s5_2 = vec4f(); var s5_3 = vec4f();
    var s5_4 = vec4f(); var s5_5 = vec4f(); var s5_6 = vec4f(); var s5_7 = vec4f();
    var s6_0 = vec4f(); var s6_1 = vec4f(); var s6_2 = vec4f(); var s6_3 = vec4f();
    var s6_4 = vec4f(); var s6_5 = vec4f(); var s6_6 = vec4f(); var s6_7 = vec4f();
    var s7_0 = vec4f(); var s7_1 = vec4f(); var s7_2 = vec4f(); var s7_3 = vec4f();
    var s7_4 = vec4f(); var s7_5 = vec4f(); var s7_6 = vec4f(); var s7_7 = vec4f();
    var s8_0 = vec4f(); var s8_1 = vec4f(); var s8_2 = vec4f(); var s8_3 = vec4f();
    var s8_4 = vec4f(); var s8_5 = vec4f(); var s8_6 = vec4f(); var s8_7 = vec4f();
    var s9_0 = vec4f(); var s9_1 = vec4f(); var s9_2 = vec4f(); var s9_3 = vec4f();
    var s9_4 = vec4f(); var s9_5 = vec4f(); var s9_6 = vec4f(); var s9_7 = vec4f();
    var s10_0 = vec4f(); var s10_1 = vec4f(); var s10_2 = vec4f(); var s10_3 = vec4f();
    var s10_4 = vec4f(); var s10_5 = vec4f(); var s10_6 = vec4f(); var s10_7 = vec4f();
    var s11_0 = vec4f(); var s11_1 = vec4f(); var s11_2 = vec4f(); var s11_3 = vec4f();
    var s11_4 = vec4f(); var s11_5 = vec4f(); var s11_6 = vec4f(); var s11_7 = vec4f();
    let rows = rows_of(chunk);
    for (var row = rows.x; row < rows.y; row++) {
        let first = 2u * (row / params.oh);
        let paired = first + 1u < params.b;
        var xi = first * image + row % params.oh * params.stride * params.w * params.c;
        var yi = first * image_out + row % params.oh * params.ow * filters;
        let next_x = select(0u, image, paired);
        let next_y = select(0u, image_out, paired);
        let weight = select(0.0, 1.0, paired); // an odd batch's last image has no partner
        for (var ox = 0u; ox < params.ow; ox++) {
            let a0 = left_scalar(xi + t0);
            let b0 = weight * left_scalar(xi + next_x + t0);
            let a1 = left_scalar(xi + t1);
            let b1 = weight * left_scalar(xi + next_x + t1);
            let a2 = left_scalar(xi + t2);
            let b2 = weight * left_scalar(xi + next_x + t2);
            let a3 = left_scalar(xi + t3);
            let b3 = weight * left_scalar(xi + next_x + t3);
            let a4 = left_scalar(xi + t4);
            let b4 = weight * left_scalar(xi + next_x + t4);
            let a5 = left_scalar(xi + t5);
            let b5 = weight * left_scalar(xi + next_x + t5);
            let a6 = left_scalar(xi + t6);
            let b6 = weight * left_scalar(xi + next_x + t6);
            let a7 = left_scalar(xi + t7);
            let b7 = weight * left_scalar(xi + next_x + t7);
            let a8 = left_scalar(xi + t8);
            let b8 = weight * left_scalar(xi + next_x + t8);
            let a9 = left_scalar(xi + t9);
            let b9 = weight * left_scalar(xi + next_x + t9);
            let a10 = left_scalar(xi + t10);
            let b10 = weight * left_scalar(xi + next_x + t10);
            let a11 = left_scalar(xi + t11);
            let b11 = weight * left_scalar(xi + next_x + t11);
            let d0 = right_vec4(yi + f0);
            let e0 = right_vec4(yi + next_y + f0);
            s0_0 = add_pair(s0_0, a0, b0, d0, e0);
            s1_0 = add_pair(s1_0, a1, b1, d0, e0);
            s2_0 = add_pair(s2_0, a2, b2, d0, e0);
            s3_0 = add_pair(s3_0, a3, b3, d0, e0);
            s4_0 = add_pair(s4_0, a4, b4, d0, e0);
            s5_0 = add_pair(s5_0, a5, b5, d0, e0);
            s6_0 = add_pair(s6_0, a6, b6, d0, e0);
            s7_0 = add_pair(s7_0, a7, b7, d0, e0);
            s8_0 = add_pair(s8_0, a8, b8, d0, e0);
            s9_0 = add_pair(s9_0, a9, b9, d0, e0);
            s10_0 = add_pair(s10_0, a10, b10, d0, e0);
            s11_0 = add_pair(s11_0, a11, b11, d0, e0);
            let d1 = right_vec4(yi + f1);
            let e1 = right_vec4(yi + next_y + f1);
            s0_1 = add_pair(s0_1, a0, b0, d1, e1);
            s1_1 = add_pair(s1_1, a1, b1, d1, e1);
            s2_1 = add_pair(s2_1, a2, b2, d1, e1);
            s3_1 = add_pair(s3_1, a3, b3, d1, e1);
            s4_1 = add_pair(s4_1, a4, b4, d1, e1);
            s5_1 = add_pair(s5_1, a5, b5, d1, e1);
            s6_1 = add_pair(s6_1, a6, b6, d1, e1);
            s7_1 = add_pair(s7_1, a7, b7, d1, e1);
            s8_1 = add_pair(s8_1, a8, b8, d1, e1);
            s9_1 = add_pair(s9_1, a9, b9, d1, e1);
            s10_1 = add_pair(s10_1, a10, b10, d1, e1);
            s11_1 = add_pair(s11_1, a11, b11, d1, e1);
            let d2 = right_vec4(yi + f2);
            let e2 = right_vec4(yi + next_y + f2);
            s0_2 = add_pair(s0_2, a0, b0, d2, e2);
            s1_2 = add_pair(s1_2, a1, b1, d2, e2);
            s2_2 = add_pair(s2_2, a2, b2, d2, e2);
            s3_2 = add_pair(s3_2, a3, b3, d2, e2);
            s4_2 = add_pair(s4_2, a4, b4, d2, e2);
            s5_2 = add_pair(s5_2, a5, b5, d2, e2);
            s6_2 = add_pair(s6_2, a6, b6, d2, e2);
            s7_2 = add_pair(s7_2, a7, b7, d2, e2);
            s8_2 = add_pair(s8_2, a8, b8, d2, e2);
            s9_2 = add_pair(s9_2, a9, b9, d2, e2);
            s10_2 = add_pair(s10_2, a10, b10, d2, e2);
            s11_2 = add_pair(s11_2, a11, b11, d2, e2);
            let d3 = right_vec4(yi + f3);
            let e3 = right_vec4(yi + next_y + f3);
            s0_3 = add_pair(s0_3, a0, b0, d3, e3);
            s1_3 = add_pair(s1_3, a1, b1, d3, e3);
            s2_3 = add_pair(s2_3, a2, b2, d3, e3);
            s3_3 = add_pair(s3_3, a3, b3, d3, e3);
            s4_3 = add_pair(s4_3, a4, b4, d3, e3);
            s5_3 = add_pair(s5_3, a5, b5, d3, e3);
            s6_3 = add_pair(s6_3, a6, b6, d3, e3);
            s7_3 = add_pair(s7_3, a7, b7, d3, e3);
            s8_3 = add_pair(s8_3, a8, b8, d3, e3);
            s9_3 = add_pair(s9_3, a9, b9, d3, e3);
            s10_3 = add_pair(s10_3, a10, b10, d3, e3);
            s11_3 = add_pair(s11_3, a11, b11, d3, e3);
            let d4 = right_vec4(yi + f4);
            let e4 = right_vec4(yi + next_y + f4);
            s0_4 = add_pair(s0_4, a0, b0, d4, e4);
            s1_4 = add_pair(s1_4, a1, b1, d4, e4);
            s2_4 = add_pair(s2_4, a2, b2, d4, e4);
            s3_4 = add_pair(s3_4, a3, b3, d4, e4);
            s4_4 = add_pair(s4_4, a4, b4, d4, e4);
            s5_4 = add_pair(s5_4, a5, b5, d4, e4);
            s6_4 = add_pair(s6_4, a6, b6, d4, e4);
            s7_4 = add_pair(s7_4, a7, b7, d4, e4);
            s8_4 = add_pair(s8_4, a8, b8, d4, e4);
            s9_4 = add_pair(s9_4, a9, b9, d4, e4);
            s10_4 = add_pair(s10_4, a10, b10, d4, e4);
            s11_4 = add_pair(s11_4, a11, b11, d4, e4);
            let d5 = right_vec4(yi + f5);
            let e5 = right_vec4(yi + next_y + f5);
            s0_5 = add_pair(s0_5, a0, b0, d5, e5);
            s1_5 = add_pair(s1_5, a1, b1, d5, e5);
            s2_5 = add_pair(s2_5, a2, b2, d5, e5);
            s3_5 = add_pair(s3_5, a3, b3, d5, e5);
            s4_5 = add_pair(s4_5, a4, b4, d5, e5);
            s5_5 = add_pair(s5_5, a5, b5, d5, e5);
            s6_5 = add_pair(s6_5, a6, b6, d5, e5);
            s7_5 = add_pair(s7_5, a7, b7, d5, e5);
            s8_5 = add_pair(s8_5, a8, b8, d5, e5);
            s9_5 = add_pair(s9_5, a9, b9, d5, e5);
            s10_5 = add_pair(s10_5, a10, b10, d5, e5);
            s11_5 = add_pair(s11_5, a11, b11, d5, e5);
            let d6 = right_vec4(yi + f6);
            let e6 = right_vec4(yi + next_y + f6);
            s0_6 = add_pair(s0_6, a0, b0, d6, e6);
            s1_6 = add_pair(s1_6, a1, b1, d6, e6);
            s2_6 = add_pair(s2_6, a2, b2, d6, e6);
            s3_6 = add_pair(s3_6, a3, b3, d6, e6);
            s4_6 = add_pair(s4_6, a4, b4, d6, e6);
            s5_6 = add_pair(s5_6, a5, b5, d6, e6);
            s6_6 = add_pair(s6_6, a6, b6, d6, e6);
            s7_6 = add_pair(s7_6, a7, b7, d6, e6);
            s8_6 = add_pair(s8_6, a8, b8, d6, e6);
            s9_6 = add_pair(s9_6, a9, b9, d6, e6);
            s10_6 = add_pair(s10_6, a10, b10, d6, e6);
            s11_6 = add_pair(s11_6, a11, b11, d6, e6);
            let d7 = right_vec4(yi + f7);
            let e7 = right_vec4(yi + next_y + f7);
            s0_7 = add_pair(s0_7, a0, b0, d7, e7);
            s1_7 = add_pair(s1_7, a1, b1, d7, e7);
            s2_7 = add_pair(s2_7, a2, b2, d7, e7);
            s3_7 = add_pair(s3_7, a3, b3, d7, e7);
            s4_7 = add_pair(s4_7, a4, b4, d7, e7);
            s5_7 = add_pair(s5_7, a5, b5, d7, e7);
            s6_7 = add_pair(s6_7, a6, b6, d7, e7);
            s7_7 = add_pair(s7_7, a7, b7, d7, e7);
            s8_7 = add_pair(s8_7, a8, b8, d7, e7);
            s9_7 = add_pair(s9_7, a9, b9, d7, e7);
            s10_7 = add_pair(s10_7, a10, b10, d7, e7);
            s11_7 = add_pair(s11_7, a11, b11, d7, e7);
            xi += params.stride * params.c;
            yi += filters;
        }
    }
    let out = chunk * taps + tap;
    let far = column + 4u * columns;
    store_sixteen(out + 0u, column, columns, Sixteen(s0_0, s0_1, s0_2, s0_3));
    store_sixteen(out + 0u, far, columns, Sixteen(s0_4, s0_5, s0_6, s0_7));
    if (tap + 1u < taps) { store_sixteen(out + 1u, column, columns, Sixteen(s1_0, s1_1, s1_2, s1_3)); }
    if (tap + 1u < taps) { store_sixteen(out + 1u, far, columns, Sixteen(s1_4, s1_5, s1_6, s1_7)); }
    if (tap + 2u < taps) { store_sixteen(out + 2u, column, columns, Sixteen(s2_0, s2_1, s2_2, s2_3)); }
    if (tap + 2u < taps) { store_sixteen(out + 2u, far, columns, Sixteen(s2_4, s2_5, s2_6, s2_7)); }
    if (tap + 3u < taps) { store_sixteen(out + 3u, column, columns, Sixteen(s3_0, s3_1, s3_2, s3_3)); }
    if (tap + 3u < taps) { store_sixteen(out + 3u, far, columns, Sixteen(s3_4, s3_5, s3_6, s3_7)); }
    if (tap + 4u < taps) { store_sixteen(out + 4u, column, columns, Sixteen(s4_0, s4_1, s4_2, s4_3)); }
    if (tap + 4u < taps) { store_sixteen(out + 4u, far, columns, Sixteen(s4_4, s4_5, s4_6, s4_7)); }
    if (tap + 5u < taps) { store_sixteen(out + 5u, column, columns, Sixteen(s5_0, s5_1, s5_2, s5_3)); }
    if (tap + 5u < taps) { store_sixteen(out + 5u, far, columns, Sixteen(s5_4, s5_5, s5_6, s5_7)); }
    if (tap + 6u < taps) { store_sixteen(out + 6u, column, columns, Sixteen(s6_0, s6_1, s6_2, s6_3)); }
    if (tap + 6u < taps) { store_sixteen(out + 6u, far, columns, Sixteen(s6_4, s6_5, s6_6, s6_7)); }
    if (tap + 7u < taps) { store_sixteen(out + 7u, column, columns, Sixteen(s7_0, s7_1, s7_2, s7_3)); }
    if (tap + 7u < taps) { store_sixteen(out + 7u, far, columns, Sixteen(s7_4, s7_5, s7_6, s7_7)); }
    if (tap + 8u < taps) { store_sixteen(out + 8u, column, columns, Sixteen(s8_0, s8_1, s8_2, s8_3)); }
    if (tap + 8u < taps) { store_sixteen(out + 8u, far, columns, Sixteen(s8_4, s8_5, s8_6, s8_7)); }
    if (tap + 9u < taps) { store_sixteen(out + 9u, column, columns, Sixteen(s9_0, s9_1, s9_2, s9_3)); }
    if (tap + 9u < taps) { store_sixteen(out + 9u, far, columns, Sixteen(s9_4, s9_5, s9_6, s9_7)); }
    if (tap + 10u < taps) { store_sixteen(out + 10u, column, columns, Sixteen(s10_0, s10_1, s10_2, s10_3)); }
    if (tap + 10u < taps) { store_sixteen(out + 10u, far, columns, Sixteen(s10_4, s10_5, s10_6, s10_7)); }
    if (tap + 11u < taps) { store_sixteen(out + 11u, column, columns, Sixteen(s11_0, s11_1, s11_2, s11_3)); }
    if (tap + 11u < taps) { store_sixteen(out + 11u, far, columns, Sixteen(s11_4, s11_5, s11_6, s11_7)); }
}

// Few registers again.
@compute @workgroup_size(64)
fn narrow_8x8(invocation: Invocation) {
    let index = thread_index(invocation);
    let filters = params.f / 4u;
    let taps = params.kh * params.kw * params.c;
    let columns = (filters + 1u) / 2u;
    let depths = (taps + 7u) / 8u;
    let column = index % columns;
    let tap = index / columns % depths * 8u;
    let chunk = index / columns / depths;
    if (chunk >= params.chunks) { return; }
    let image = params.h * params.w * params.c;
    let image_out = params.oh * params.ow * filters;
    let t0 = tap_offset(tap + 0u);
    let t1 = tap_offset(tap + 1u);
    let t2 = tap_offset(tap + 2u);
    let t3 = tap_offset(tap + 3u);
    let t4 = tap_offset(tap + 4u);
    let t5 = tap_offset(tap + 5u);
    let t6 = tap_offset(tap + 6u);
    let t7 = tap_offset(tap + 7u);
    let f0 = min(column + 0u * columns, filters - 1u);
    let f1 = min(column + 1u * columns, filters - 1u);
    var s0_0 = vec4f(); var s0_1 = vec4f();
    var s1_0 = vec4f(); var s1_1 = vec4f();
    var s2_0 = vec4f(); var s2_1 = vec4f();
    var s3_0 = vec4f(); var s3_1 = vec4f();
    var s4_0 = vec4f(); var s4_1 = vec4f();
    var s5_0 = vec4f(); var s5_1 = vec4f();
    var s6_0 = vec4f(); var s6_1 = vec4f();
    var s7_0 = vec4f(); var s7_1 = vec4f();
    let rows = rows_of(chunk);
    for (var row = rows.x; row < rows.y; row++) {
        let first = 2u * (row / params.oh);
        let paired = first + 1u < params.b;
        var xi = first * image + row % params.oh * params.stride * params.w * params.c;
        var yi = first * image_out + row % params.oh * params.ow * filters;
        let next_x = select(0u, image, paired);
        let next_y = select(0u, image_out, paired);
        let weight = select(0.0, 1.0, paired); // an odd batch's last image has no partner
        for (var ox = 0u; ox < params.ow; ox++) {
            let a0 = left_scalar(xi + t0);
            let b0 = weight * left_scalar(xi + next_x + t0);
            let a1 = left_scalar(xi + t1);
            let b1 = weight * left_scalar(xi + next_x + t1);
            let a2 = left_scalar(xi + t2);
            let b2 = weight * left_scalar(xi + next_x + t2);
            let a3 = left_scalar(xi + t3);
            let b3 = weight * left_scalar(xi + next_x + t3);
            let a4 = left_scalar(xi + t4);
            let b4 = weight * left_scalar(xi + next_x + t4);
            let a5 = left_scalar(xi + t5);
            let b5 = weight * left_scalar(xi + next_x + t5);
            let a6 = left_scalar(xi + t6);
            let b6 = weight * left_scalar(xi + next_x + t6);
            let a7 = left_scalar(xi + t7);
            let b7 = weight * left_scalar(xi + next_x + t7);
            let d0 = right_vec4(yi + f0);
            let e0 = right_vec4(yi + next_y + f0);
            s0_0 = add_pair(s0_0, a0, b0, d0, e0);
            s1_0 = add_pair(s1_0, a1, b1, d0, e0);
            s2_0 = add_pair(s2_0, a2, b2, d0, e0);
            s3_0 = add_pair(s3_0, a3, b3, d0, e0);
            s4_0 = add_pair(s4_0, a4, b4, d0, e0);
            s5_0 = add_pair(s5_0, a5, b5, d0, e0);
            s6_0 = add_pair(s6_0, a6, b6, d0, e0);
            s7_0 = add_pair(s7_0, a7, b7, d0, e0);
            let d1 = right_vec4(yi + f1);
            let e1 = right_vec4(yi + next_y + f1);
            s0_1 = add_pair(s0_1, a0, b0, d1, e1);
            s1_1 = add_pair(s1_1, a1, b1, d1, e1);
            s2_1 = add_pair(s2_1, a2, b2, d1, e1);
            s3_1 = add_pair(s3_1, a3, b3, d1, e1);
            s4_1 = add_pair(s4_1, a4, b4, d1, e1);
            s5_1 = add_pair(s5_1, a5, b5, d1, e1);
            s6_1 = add_pair(s6_1, a6, b6, d1, e1);
            s7_1 = add_pair(s7_1, a7, b7, d1, e1);
            xi += params.stride * params.c;
            yi += filters;
        }
    }
    let out = chunk * taps + tap;
    store_eight(out + 0u, column, columns, Eight(s0_0, s0_1));
    if (tap + 1u < taps) { store_eight(out + 1u, column, columns, Eight(s1_0, s1_1)); }
    if (tap + 2u < taps) { store_eight(out + 2u, column, columns, Eight(s2_0, s2_1)); }
    if (tap + 3u < taps) { store_eight(out + 3u, column, columns, Eight(s3_0, s3_1)); }
    if (tap + 4u < taps) { store_eight(out + 4u, column, columns, Eight(s4_0, s4_1)); }
    if (tap + 5u < taps) { store_eight(out + 5u, column, columns, Eight(s5_0, s5_1)); }
    if (tap + 6u < taps) { store_eight(out + 6u, column, columns, Eight(s6_0, s6_1)); }
    if (tap + 7u < taps) { store_eight(out + 7u, column, columns, Eight(s7_0, s7_1)); }
}

// Any number of channels and filters: one weight of one chunk a thread.
@compute @workgroup_size(64)
fn backward_weight_plain(invocation: Invocation) {
    let index = thread_index(invocation);
    let filter_index = index % params.f;
    let channel = index / params.f % params.c;
    let tap = index / params.f / params.c % (params.kh * params.kw);
    let chunk = index / params.f / params.c / (params.kh * params.kw);
    if (chunk >= params.chunks) { return; }
    let range = columns_of(tap % params.kw);
    let rows = rows_of(chunk);
    var sum = 0.0;
    for (var row = rows.x; row < rows.y; row++) {
        let oy = row % params.oh;
        let iy = oy * params.stride + tap / params.kw - params.pad_top; // wraps when above the image
        if (iy >= params.h) { continue; }
        let first = 2u * (row / params.oh);
        for (var image = first; image < min(first + 2u, params.b); image++) {
            for (var ox = range.x; ox < range.y; ox++) {
                let ix = ox * params.stride + tap % params.kw - params.pad_left;
                let xi = ((image * params.h + iy) * params.w + ix) * params.c + channel;
                let yi = ((image * params.oh + oy) * params.ow + ox) * params.f + filter_index;
                sum = fma(left_scalar(xi), right_scalar(yi), sum);
            }
        }
    }
    dw_scalar[index] = sum;
}

// x with its padding of zeros written out, oh by ow: for channels that are no multiple of 4.
@compute @workgroup_size(64)
fn pad(invocation: Invocation) {
    let i = thread_index(invocation);
    let pixel = i / params.c;
    let b = pixel / params.ow / params.oh;
    if (b >= params.b) { return; }
    let iy = pixel / params.ow % params.oh - params.pad_top; // wraps above the image
    let ix = pixel % params.ow - params.pad_left;
    let inside = iy < params.h && ix < params.w;
    let start = ((b * params.h + min(iy, params.h - 1u)) * params.w + min(ix, params.w - 1u)) * params.c;
    padded[i] = select(0.0, left_scalar(start + i % params.c), inside);
}

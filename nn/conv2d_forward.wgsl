// Cross-correlation as an implicit matrix product: images x (filter rows, columns, channels) x filters.
//
// A thread holds the output at ONE position of 16 (or 8) images by 16 (or 8) filters. All its images
// share the position, so they share the taps that fall inside the image: padding, also that of the
// input gradient, costs nothing and needs no check in the inner loop. For one filter row, the taps'
// columns and channels are contiguous both in x and in the weights and are walked as one run.
// Neighbouring threads hold neighbouring filters. FLOPs per load decide the speed on a software
// adapter, registers on a card: hence the two tile sizes.
struct Params {
    b: u32, h: u32, w: u32, c: u32, f: u32, kh: u32, kw: u32, oh: u32, ow: u32,
    stride: u32, pad_top: u32, pad_left: u32,
    bias: u32, // 0 none, 1 one a filter, 2 one an output position and filter
    relu: u32, // 1: the output is max(0, sum); by comparisons, which keep a NaN
}

@group(0) @binding(2) var<storage, read> bias: array<vec4f>;        // [f / 4] or [oh, ow, f / 4]
@group(0) @binding(2) var<storage, read> bias_scalar: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;     // [b, oh, ow, f / 4]
@group(0) @binding(3) var<storage, read_write> y_scalar: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// What a thread computes.
struct Place { column: u32, columns: u32, oy: u32, ox: u32, image: u32 }

// Thread `index` of a grid of [image tiles, oh, ow, filter tiles].
fn place_of(index: u32, images: u32, vectors: u32) -> Place {
    let columns = (params.f / 4u + vectors - 1u) / vectors;
    let position = index / columns;
    let ox = position % params.ow;
    let oy = position / params.ow % params.oh;
    return Place(index % columns, columns, oy, ox, position / params.ow / params.oh * images);
}

// Taps of a position that fall inside the image: rows first.y … end.y - 1, columns likewise.
struct Taps { first: vec2u, end: vec2u }

fn taps_of(oy: u32, ox: u32) -> Taps {
    let pad = vec2u(params.pad_left, params.pad_top);
    let at = vec2u(ox, oy) * params.stride;
    let end = min(vec2u(params.kw, params.kh), vec2u(params.w, params.h) + pad - at);
    return Taps(pad - min(pad, at), end);
}

// Offset in x of an image; a tile past the last image reads that one again and stores nothing.
fn image_offset(image: u32, channels: u32) -> u32 {
    return min(image, params.b - 1u) * params.h * params.w * channels;
}

// Pixel of the image under a tap.
fn pixel_of(place: Place, ky: u32, kx: u32) -> u32 {
    let iy = place.oy * params.stride + ky - params.pad_top;
    return iy * params.w + place.ox * params.stride + kx - params.pad_left;
}

// Vector `i` of a thread's filters; threads past the last filter read it again and store nothing.
fn filter_of(place: Place, i: u32) -> u32 {
    return min(place.column + i * place.columns, params.f / 4u - 1u);
}

fn store(place: Place, i: u32, image: u32, sum: vec4f) {
    let filters = params.f / 4u;
    let column = place.column + i * place.columns;
    if (image >= params.b || column >= filters) { return; }
    let position = place.oy * params.ow + place.ox;
    var value = sum;
    if (params.bias == 1u) { value += bias[column]; }
    if (params.bias == 2u) { value += bias[position * filters + column]; }
    if (params.relu == 1u) { value = select(value, vec4f(), value <= vec4f()); }
    y[(image * params.oh * params.ow + position) * filters + column] = value;
}

// 16 filters of one image or of one weight row, and where they lie in a weight row.
struct Sixteen { v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f }
struct SixteenAt { v0: u32, v1: u32, v2: u32, v3: u32 }

fn sixteen_at(place: Place) -> SixteenAt {
    return SixteenAt(filter_of(place, 0u), filter_of(place, 1u), filter_of(place, 2u), filter_of(place, 3u));
}

fn load_sixteen(row: u32, at: SixteenAt) -> Sixteen {
    return Sixteen(right_vec4(row + at.v0), right_vec4(row + at.v1), right_vec4(row + at.v2), right_vec4(row + at.v3));
}

fn add_sixteen(s: Sixteen, a: vec4f, w0: Sixteen, w1: Sixteen, w2: Sixteen, w3: Sixteen) -> Sixteen {
    return Sixteen(
        fma(vec4f(a.w), w3.v0, fma(vec4f(a.z), w2.v0, fma(vec4f(a.y), w1.v0, fma(vec4f(a.x), w0.v0, s.v0)))),
        fma(vec4f(a.w), w3.v1, fma(vec4f(a.z), w2.v1, fma(vec4f(a.y), w1.v1, fma(vec4f(a.x), w0.v1, s.v1)))),
        fma(vec4f(a.w), w3.v2, fma(vec4f(a.z), w2.v2, fma(vec4f(a.y), w1.v2, fma(vec4f(a.x), w0.v2, s.v2)))),
        fma(vec4f(a.w), w3.v3, fma(vec4f(a.z), w2.v3, fma(vec4f(a.y), w1.v3, fma(vec4f(a.x), w0.v3, s.v3)))),
    );
}

fn add_sixteen_scalar(s: Sixteen, a: f32, w0: Sixteen) -> Sixteen {
    return Sixteen(
        fma(vec4f(a), w0.v0, s.v0),
        fma(vec4f(a), w0.v1, s.v1),
        fma(vec4f(a), w0.v2, s.v2),
        fma(vec4f(a), w0.v3, s.v3),
    );
}

fn store_sixteen(place: Place, i: u32, s: Sixteen) {
    store(place, 0u, place.image + i, s.v0);
    store(place, 1u, place.image + i, s.v1);
    store(place, 2u, place.image + i, s.v2);
    store(place, 3u, place.image + i, s.v3);
}

// 8 filters of one image or of one weight row, and where they lie in a weight row.
struct Eight { v0: vec4f, v1: vec4f }
struct EightAt { v0: u32, v1: u32 }

fn eight_at(place: Place) -> EightAt {
    return EightAt(filter_of(place, 0u), filter_of(place, 1u));
}

fn load_eight(row: u32, at: EightAt) -> Eight {
    return Eight(right_vec4(row + at.v0), right_vec4(row + at.v1));
}

fn add_eight(s: Eight, a: vec4f, w0: Eight, w1: Eight, w2: Eight, w3: Eight) -> Eight {
    return Eight(
        fma(vec4f(a.w), w3.v0, fma(vec4f(a.z), w2.v0, fma(vec4f(a.y), w1.v0, fma(vec4f(a.x), w0.v0, s.v0)))),
        fma(vec4f(a.w), w3.v1, fma(vec4f(a.z), w2.v1, fma(vec4f(a.y), w1.v1, fma(vec4f(a.x), w0.v1, s.v1)))),
    );
}

fn add_eight_scalar(s: Eight, a: f32, w0: Eight) -> Eight {
    return Eight(
        fma(vec4f(a), w0.v0, s.v0),
        fma(vec4f(a), w0.v1, s.v1),
    );
}

fn store_eight(place: Place, i: u32, s: Eight) {
    store(place, 0u, place.image + i, s.v0);
    store(place, 1u, place.image + i, s.v1);
}

// 16 images by 16 filters: 32 loads of vec4 for 256 fma of vec4.
@compute @workgroup_size(64)
fn forward_16x16(invocation: Invocation) {
    let place = place_of(thread_index(invocation), 16u, 4u);
    if (place.image >= params.b) { return; }
    let taps = taps_of(place.oy, place.ox);
    let at = sixteen_at(place);
    let filters = params.f / 4u;
    let channels = params.c / 4u;
    let x0 = image_offset(place.image + 0u, channels);
    let x1 = image_offset(place.image + 1u, channels);
    let x2 = image_offset(place.image + 2u, channels);
    let x3 = image_offset(place.image + 3u, channels);
    let x4 = image_offset(place.image + 4u, channels);
    let x5 = image_offset(place.image + 5u, channels);
    let x6 = image_offset(place.image + 6u, channels);
    let x7 = image_offset(place.image + 7u, channels);
    let x8 = image_offset(place.image + 8u, channels);
    let x9 = image_offset(place.image + 9u, channels);
    let x10 = image_offset(place.image + 10u, channels);
    let x11 = image_offset(place.image + 11u, channels);
    let x12 = image_offset(place.image + 12u, channels);
    let x13 = image_offset(place.image + 13u, channels);
    let x14 = image_offset(place.image + 14u, channels);
    let x15 = image_offset(place.image + 15u, channels);
    var s0 = Sixteen();
    var s1 = Sixteen();
    var s2 = Sixteen();
    var s3 = Sixteen();
    var s4 = Sixteen();
    var s5 = Sixteen();
    var s6 = Sixteen();
    var s7 = Sixteen();
    var s8 = Sixteen();
    var s9 = Sixteen();
    var s10 = Sixteen();
    var s11 = Sixteen();
    var s12 = Sixteen();
    var s13 = Sixteen();
    var s14 = Sixteen();
    var s15 = Sixteen();
    for (var ky = taps.first.y; ky < taps.end.y; ky++) {
        var run = pixel_of(place, ky, taps.first.x) * channels;
        let end = run + (taps.end.x - taps.first.x) * channels;
        var row = (ky * params.kw + taps.first.x) * params.c * filters;
        for (; run < end; run++) {
            let w0 = load_sixteen(row, at);
            let w1 = load_sixteen(row + filters, at);
            let w2 = load_sixteen(row + 2u * filters, at);
            let w3 = load_sixteen(row + 3u * filters, at);
            s0 = add_sixteen(s0, left_vec4(x0 + run), w0, w1, w2, w3);
            s1 = add_sixteen(s1, left_vec4(x1 + run), w0, w1, w2, w3);
            s2 = add_sixteen(s2, left_vec4(x2 + run), w0, w1, w2, w3);
            s3 = add_sixteen(s3, left_vec4(x3 + run), w0, w1, w2, w3);
            s4 = add_sixteen(s4, left_vec4(x4 + run), w0, w1, w2, w3);
            s5 = add_sixteen(s5, left_vec4(x5 + run), w0, w1, w2, w3);
            s6 = add_sixteen(s6, left_vec4(x6 + run), w0, w1, w2, w3);
            s7 = add_sixteen(s7, left_vec4(x7 + run), w0, w1, w2, w3);
            s8 = add_sixteen(s8, left_vec4(x8 + run), w0, w1, w2, w3);
            s9 = add_sixteen(s9, left_vec4(x9 + run), w0, w1, w2, w3);
            s10 = add_sixteen(s10, left_vec4(x10 + run), w0, w1, w2, w3);
            s11 = add_sixteen(s11, left_vec4(x11 + run), w0, w1, w2, w3);
            s12 = add_sixteen(s12, left_vec4(x12 + run), w0, w1, w2, w3);
            s13 = add_sixteen(s13, left_vec4(x13 + run), w0, w1, w2, w3);
            s14 = add_sixteen(s14, left_vec4(x14 + run), w0, w1, w2, w3);
            s15 = add_sixteen(s15, left_vec4(x15 + run), w0, w1, w2, w3);
            row += params.f;
        }
    }
    store_sixteen(place, 0u, s0);
    store_sixteen(place, 1u, s1);
    store_sixteen(place, 2u, s2);
    store_sixteen(place, 3u, s3);
    store_sixteen(place, 4u, s4);
    store_sixteen(place, 5u, s5);
    store_sixteen(place, 6u, s6);
    store_sixteen(place, 7u, s7);
    store_sixteen(place, 8u, s8);
    store_sixteen(place, 9u, s9);
    store_sixteen(place, 10u, s10);
    store_sixteen(place, 11u, s11);
    store_sixteen(place, 12u, s12);
    store_sixteen(place, 13u, s13);
    store_sixteen(place, 14u, s14);
    store_sixteen(place, 15u, s15);
}

// 8 images by 8 filters: few registers, little waste on small batches.
@compute @workgroup_size(64)
fn forward_8x8(invocation: Invocation) {
    let place = place_of(thread_index(invocation), 8u, 2u);
    if (place.image >= params.b) { return; }
    let taps = taps_of(place.oy, place.ox);
    let at = eight_at(place);
    let filters = params.f / 4u;
    let channels = params.c / 4u;
    let x0 = image_offset(place.image + 0u, channels);
    let x1 = image_offset(place.image + 1u, channels);
    let x2 = image_offset(place.image + 2u, channels);
    let x3 = image_offset(place.image + 3u, channels);
    let x4 = image_offset(place.image + 4u, channels);
    let x5 = image_offset(place.image + 5u, channels);
    let x6 = image_offset(place.image + 6u, channels);
    let x7 = image_offset(place.image + 7u, channels);
    var s0 = Eight();
    var s1 = Eight();
    var s2 = Eight();
    var s3 = Eight();
    var s4 = Eight();
    var s5 = Eight();
    var s6 = Eight();
    var s7 = Eight();
    for (var ky = taps.first.y; ky < taps.end.y; ky++) {
        var run = pixel_of(place, ky, taps.first.x) * channels;
        let end = run + (taps.end.x - taps.first.x) * channels;
        var row = (ky * params.kw + taps.first.x) * params.c * filters;
        for (; run < end; run++) {
            let w0 = load_eight(row, at);
            let w1 = load_eight(row + filters, at);
            let w2 = load_eight(row + 2u * filters, at);
            let w3 = load_eight(row + 3u * filters, at);
            s0 = add_eight(s0, left_vec4(x0 + run), w0, w1, w2, w3);
            s1 = add_eight(s1, left_vec4(x1 + run), w0, w1, w2, w3);
            s2 = add_eight(s2, left_vec4(x2 + run), w0, w1, w2, w3);
            s3 = add_eight(s3, left_vec4(x3 + run), w0, w1, w2, w3);
            s4 = add_eight(s4, left_vec4(x4 + run), w0, w1, w2, w3);
            s5 = add_eight(s5, left_vec4(x5 + run), w0, w1, w2, w3);
            s6 = add_eight(s6, left_vec4(x6 + run), w0, w1, w2, w3);
            s7 = add_eight(s7, left_vec4(x7 + run), w0, w1, w2, w3);
            row += params.f;
        }
    }
    store_eight(place, 0u, s0);
    store_eight(place, 1u, s1);
    store_eight(place, 2u, s2);
    store_eight(place, 3u, s3);
    store_eight(place, 4u, s4);
    store_eight(place, 5u, s5);
    store_eight(place, 6u, s6);
    store_eight(place, 7u, s7);
}

// Channels that are no multiple of 4, such as the 3 of a picture: x is read element by element.
@compute @workgroup_size(64)
fn narrow_16x16(invocation: Invocation) {
    let place = place_of(thread_index(invocation), 16u, 4u);
    if (place.image >= params.b) { return; }
    let taps = taps_of(place.oy, place.ox);
    let at = sixteen_at(place);
    let filters = params.f / 4u;
    let channels = params.c;
    let x0 = image_offset(place.image + 0u, channels);
    let x1 = image_offset(place.image + 1u, channels);
    let x2 = image_offset(place.image + 2u, channels);
    let x3 = image_offset(place.image + 3u, channels);
    let x4 = image_offset(place.image + 4u, channels);
    let x5 = image_offset(place.image + 5u, channels);
    let x6 = image_offset(place.image + 6u, channels);
    let x7 = image_offset(place.image + 7u, channels);
    let x8 = image_offset(place.image + 8u, channels);
    let x9 = image_offset(place.image + 9u, channels);
    let x10 = image_offset(place.image + 10u, channels);
    let x11 = image_offset(place.image + 11u, channels);
    let x12 = image_offset(place.image + 12u, channels);
    let x13 = image_offset(place.image + 13u, channels);
    let x14 = image_offset(place.image + 14u, channels);
    let x15 = image_offset(place.image + 15u, channels);
    var s0 = Sixteen();
    var s1 = Sixteen();
    var s2 = Sixteen();
    var s3 = Sixteen();
    var s4 = Sixteen();
    var s5 = Sixteen();
    var s6 = Sixteen();
    var s7 = Sixteen();
    var s8 = Sixteen();
    var s9 = Sixteen();
    var s10 = Sixteen();
    var s11 = Sixteen();
    var s12 = Sixteen();
    var s13 = Sixteen();
    var s14 = Sixteen();
    var s15 = Sixteen();
    for (var ky = taps.first.y; ky < taps.end.y; ky++) {
        var run = pixel_of(place, ky, taps.first.x) * channels;
        let end = run + (taps.end.x - taps.first.x) * channels;
        var row = (ky * params.kw + taps.first.x) * params.c * filters;
        for (; run < end; run++) {
            let w0 = load_sixteen(row, at);
            s0 = add_sixteen_scalar(s0, left_scalar(x0 + run), w0);
            s1 = add_sixteen_scalar(s1, left_scalar(x1 + run), w0);
            s2 = add_sixteen_scalar(s2, left_scalar(x2 + run), w0);
            s3 = add_sixteen_scalar(s3, left_scalar(x3 + run), w0);
            s4 = add_sixteen_scalar(s4, left_scalar(x4 + run), w0);
            s5 = add_sixteen_scalar(s5, left_scalar(x5 + run), w0);
            s6 = add_sixteen_scalar(s6, left_scalar(x6 + run), w0);
            s7 = add_sixteen_scalar(s7, left_scalar(x7 + run), w0);
            s8 = add_sixteen_scalar(s8, left_scalar(x8 + run), w0);
            s9 = add_sixteen_scalar(s9, left_scalar(x9 + run), w0);
            s10 = add_sixteen_scalar(s10, left_scalar(x10 + run), w0);
            s11 = add_sixteen_scalar(s11, left_scalar(x11 + run), w0);
            s12 = add_sixteen_scalar(s12, left_scalar(x12 + run), w0);
            s13 = add_sixteen_scalar(s13, left_scalar(x13 + run), w0);
            s14 = add_sixteen_scalar(s14, left_scalar(x14 + run), w0);
            s15 = add_sixteen_scalar(s15, left_scalar(x15 + run), w0);
            row += filters;
        }
    }
    store_sixteen(place, 0u, s0);
    store_sixteen(place, 1u, s1);
    store_sixteen(place, 2u, s2);
    store_sixteen(place, 3u, s3);
    store_sixteen(place, 4u, s4);
    store_sixteen(place, 5u, s5);
    store_sixteen(place, 6u, s6);
    store_sixteen(place, 7u, s7);
    store_sixteen(place, 8u, s8);
    store_sixteen(place, 9u, s9);
    store_sixteen(place, 10u, s10);
    store_sixteen(place, 11u, s11);
    store_sixteen(place, 12u, s12);
    store_sixteen(place, 13u, s13);
    store_sixteen(place, 14u, s14);
    store_sixteen(place, 15u, s15);
}

// The same for 32 filters, in two halves: an element of x costs as much to load as a vec4, so more
// filters an element pay.
@compute @workgroup_size(64)
fn narrow_16x32(invocation: Invocation) {
    let place = place_of(thread_index(invocation), 16u, 8u);
    if (place.image >= params.b) { return; }
    let taps = taps_of(place.oy, place.ox);
    let at = sixteen_at(place);
    let far = Place(place.column + 4u * place.columns, place.columns, place.oy, place.ox, place.image);
    let far_at = sixteen_at(far);
    let filters = params.f / 4u;
    let channels = params.c;
    let x0 = image_offset(place.image + 0u, channels);
    let x1 = image_offset(place.image + 1u, channels);
    let x2 = image_offset(place.image + 2u, channels);
    let x3 = image_offset(place.image + 3u, channels);
    let x4 = image_offset(place.image + 4u, channels);
    let x5 = image_offset(place.image + 5u, channels);
    let x6 = image_offset(place.image + 6u, channels);
    let x7 = image_offset(place.image + 7u, channels);
    let x8 = image_offset(place.image + 8u, channels);
    let x9 = image_offset(place.image + 9u, channels);
    let x10 = image_offset(place.image + 10u, channels);
    let x11 = image_offset(place.image + 11u, channels);
    let x12 = image_offset(place.image + 12u, channels);
    let x13 = image_offset(place.image + 13u, channels);
    let x14 = image_offset(place.image + 14u, channels);
    let x15 = image_offset(place.image + 15u, channels);
    var s0 = Sixteen();
    var t0 = Sixteen();
    var s1 = Sixteen();
    var t1 = Sixteen();
    var s2 = Sixteen();
    var t2 = Sixteen();
    var s3 = Sixteen();
    var t3 = Sixteen();
    var s4 = Sixteen();
    var t4 = Sixteen();
    var s5 = Sixteen();
    var t5 = Sixteen();
    var s6 = Sixteen();
    var t6 = Sixteen();
    var s7 = Sixteen();
    var t7 = Sixteen();
    var s8 = Sixteen();
    var t8 = Sixteen();
    var s9 = Sixteen();
    var t9 = Sixteen();
    var s10 = Sixteen();
    var t10 = Sixteen();
    var s11 = Sixteen();
    var t11 = Sixteen();
    var s12 = Sixteen();
    var t12 = Sixteen();
    var s13 = Sixteen();
    var t13 = Sixteen();
    var s14 = Sixteen();
    var t14 = Sixteen();
    var s15 = Sixteen();
    var t15 = Sixteen();
    for (var ky = taps.first.y; ky < taps.end.y; ky++) {
        var run = pixel_of(place, ky, taps.first.x) * channels;
        let end = run + (taps.end.x - taps.first.x) * channels;
        var row = (ky * params.kw + taps.first.x) * params.c * filters;
        for (; run < end; run++) {
            let a0 = left_scalar(x0 + run);
            let a1 = left_scalar(x1 + run);
            let a2 = left_scalar(x2 + run);
            let a3 = left_scalar(x3 + run);
            let a4 = left_scalar(x4 + run);
            let a5 = left_scalar(x5 + run);
            let a6 = left_scalar(x6 + run);
            let a7 = left_scalar(x7 + run);
            let a8 = left_scalar(x8 + run);
            let a9 = left_scalar(x9 + run);
            let a10 = left_scalar(x10 + run);
            let a11 = left_scalar(x11 + run);
            let a12 = left_scalar(x12 + run);
            let a13 = left_scalar(x13 + run);
            let a14 = left_scalar(x14 + run);
            let a15 = left_scalar(x15 + run);
            let w0 = load_sixteen(row, at);
            s0 = add_sixteen_scalar(s0, a0, w0);
            s1 = add_sixteen_scalar(s1, a1, w0);
            s2 = add_sixteen_scalar(s2, a2, w0);
            s3 = add_sixteen_scalar(s3, a3, w0);
            s4 = add_sixteen_scalar(s4, a4, w0);
            s5 = add_sixteen_scalar(s5, a5, w0);
            s6 = add_sixteen_scalar(s6, a6, w0);
            s7 = add_sixteen_scalar(s7, a7, w0);
            s8 = add_sixteen_scalar(s8, a8, w0);
            s9 = add_sixteen_scalar(s9, a9, w0);
            s10 = add_sixteen_scalar(s10, a10, w0);
            s11 = add_sixteen_scalar(s11, a11, w0);
            s12 = add_sixteen_scalar(s12, a12, w0);
            s13 = add_sixteen_scalar(s13, a13, w0);
            s14 = add_sixteen_scalar(s14, a14, w0);
            s15 = add_sixteen_scalar(s15, a15, w0);
            let w1 = load_sixteen(row, far_at);
            t0 = add_sixteen_scalar(t0, a0, w1);
            t1 = add_sixteen_scalar(t1, a1, w1);
            t2 = add_sixteen_scalar(t2, a2, w1);
            t3 = add_sixteen_scalar(t3, a3, w1);
            t4 = add_sixteen_scalar(t4, a4, w1);
            t5 = add_sixteen_scalar(t5, a5, w1);
            t6 = add_sixteen_scalar(t6, a6, w1);
            t7 = add_sixteen_scalar(t7, a7, w1);
            t8 = add_sixteen_scalar(t8, a8, w1);
            t9 = add_sixteen_scalar(t9, a9, w1);
            t10 = add_sixteen_scalar(t10, a10, w1);
            t11 = add_sixteen_scalar(t11, a11, w1);
            t12 = add_sixteen_scalar(t12, a12, w1);
            t13 = add_sixteen_scalar(t13, a13, w1);
            t14 = add_sixteen_scalar(t14, a14, w1);
            t15 = add_sixteen_scalar(t15, a15, w1);
            row += filters;
        }
    }
    store_sixteen(place, 0u, s0);
    store_sixteen(far, 0u, t0);
    store_sixteen(place, 1u, s1);
    store_sixteen(far, 1u, t1);
    store_sixteen(place, 2u, s2);
    store_sixteen(far, 2u, t2);
    store_sixteen(place, 3u, s3);
    store_sixteen(far, 3u, t3);
    store_sixteen(place, 4u, s4);
    store_sixteen(far, 4u, t4);
    store_sixteen(place, 5u, s5);
    store_sixteen(far, 5u, t5);
    store_sixteen(place, 6u, s6);
    store_sixteen(far, 6u, t6);
    store_sixteen(place, 7u, s7);
    store_sixteen(far, 7u, t7);
    store_sixteen(place, 8u, s8);
    store_sixteen(far, 8u, t8);
    store_sixteen(place, 9u, s9);
    store_sixteen(far, 9u, t9);
    store_sixteen(place, 10u, s10);
    store_sixteen(far, 10u, t10);
    store_sixteen(place, 11u, s11);
    store_sixteen(far, 11u, t11);
    store_sixteen(place, 12u, s12);
    store_sixteen(far, 12u, t12);
    store_sixteen(place, 13u, s13);
    store_sixteen(far, 13u, t13);
    store_sixteen(place, 14u, s14);
    store_sixteen(far, 14u, t14);
    store_sixteen(place, 15u, s15);
    store_sixteen(far, 15u, t15);
}

// Few registers again.
@compute @workgroup_size(64)
fn narrow_8x8(invocation: Invocation) {
    let place = place_of(thread_index(invocation), 8u, 2u);
    if (place.image >= params.b) { return; }
    let taps = taps_of(place.oy, place.ox);
    let at = eight_at(place);
    let filters = params.f / 4u;
    let channels = params.c;
    let x0 = image_offset(place.image + 0u, channels);
    let x1 = image_offset(place.image + 1u, channels);
    let x2 = image_offset(place.image + 2u, channels);
    let x3 = image_offset(place.image + 3u, channels);
    let x4 = image_offset(place.image + 4u, channels);
    let x5 = image_offset(place.image + 5u, channels);
    let x6 = image_offset(place.image + 6u, channels);
    let x7 = image_offset(place.image + 7u, channels);
    var s0 = Eight();
    var s1 = Eight();
    var s2 = Eight();
    var s3 = Eight();
    var s4 = Eight();
    var s5 = Eight();
    var s6 = Eight();
    var s7 = Eight();
    for (var ky = taps.first.y; ky < taps.end.y; ky++) {
        var run = pixel_of(place, ky, taps.first.x) * channels;
        let end = run + (taps.end.x - taps.first.x) * channels;
        var row = (ky * params.kw + taps.first.x) * params.c * filters;
        for (; run < end; run++) {
            let w0 = load_eight(row, at);
            s0 = add_eight_scalar(s0, left_scalar(x0 + run), w0);
            s1 = add_eight_scalar(s1, left_scalar(x1 + run), w0);
            s2 = add_eight_scalar(s2, left_scalar(x2 + run), w0);
            s3 = add_eight_scalar(s3, left_scalar(x3 + run), w0);
            s4 = add_eight_scalar(s4, left_scalar(x4 + run), w0);
            s5 = add_eight_scalar(s5, left_scalar(x5 + run), w0);
            s6 = add_eight_scalar(s6, left_scalar(x6 + run), w0);
            s7 = add_eight_scalar(s7, left_scalar(x7 + run), w0);
            row += filters;
        }
    }
    store_eight(place, 0u, s0);
    store_eight(place, 1u, s1);
    store_eight(place, 2u, s2);
    store_eight(place, 3u, s3);
    store_eight(place, 4u, s4);
    store_eight(place, 5u, s5);
    store_eight(place, 6u, s6);
    store_eight(place, 7u, s7);
}

// Any number of channels and filters: one output a thread.
@compute @workgroup_size(64)
fn forward_plain(invocation: Invocation) {
    let index = thread_index(invocation);
    let filter_index = index % params.f;
    let position = index / params.f;
    let ox = position % params.ow;
    let oy = position / params.ow % params.oh;
    let image = position / params.ow / params.oh;
    if (image >= params.b) { return; }
    let taps = taps_of(oy, ox);
    let place = Place(0u, 0u, oy, ox, image);
    let start = image_offset(image, params.c);
    var sum = 0.0;
    for (var ky = taps.first.y; ky < taps.end.y; ky++) {
        var run = start + pixel_of(place, ky, taps.first.x) * params.c;
        let end = run + (taps.end.x - taps.first.x) * params.c;
        var row = (ky * params.kw + taps.first.x) * params.c * params.f + filter_index;
        for (; run < end; run++) {
            sum = fma(left_scalar(run), right_scalar(row), sum);
            row += params.f;
        }
    }
    if (params.bias == 1u) { sum += bias_scalar[filter_index]; }
    if (params.bias == 2u) { sum += bias_scalar[(oy * params.ow + ox) * params.f + filter_index]; }
    if (params.relu == 1u) { sum = select(sum, 0.0, sum <= 0.0); }
    y_scalar[index] = sum;
}

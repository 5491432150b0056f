// Responses of a dictionary's filters to spectrograms: the part that all encodings share, and nearly all
// of their work.
//
// A response is a correlation of a patch with a filter. A thread holds the responses of eight
// neighbouring bins by 16 filters. Those places look at the same values shifted by one, so four taps
// of all of them take four new values and 16 vec4 of filters. Filters are padded with zeros to whole
// vec4 in bins; the values under the padding are repeats of the last bin, which keeps them finite.
struct Params {
    b: u32,
    t: u32,           // frames
    q: u32,           // bins
    frames: u32,      // of a filter
    bins: u32,        // of a filter, padded
    k: u32,           // filters
    width: u32,       // vec4 of filters, the last one padded
    groups: u32,      // groups of 16 filters
    places_t: u32,    // places of a filter in time
    places_q: u32,    // and in frequency
    slices: u32,      // regions in time, besides the whole
    slice: u32,       // places in time of a region; those left over belong to the whole only
    form: u32,        // 0 linear, 1 soft threshold, 2 triangle, 3 hard
    one_hot: u32,     // 1: the code of the best filter is 1, else its response
    threshold: f32,
}

@group(1) @binding(0) var<uniform> params: Params;

// Sixteen filters: four vec4 that lie `groups` apart. Past the end the last one is read again; it gives
// the same values, so storing or comparing them twice does no harm.
struct Sixteen { v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f }
struct SixteenAt { v0: u32, v1: u32, v2: u32, v3: u32 }

fn column_of(group: u32, i: u32) -> u32 {
    return min(group + i * params.groups, params.width - 1u);
}

fn sixteen_at(group: u32) -> SixteenAt {
    return SixteenAt(column_of(group, 0u), column_of(group, 1u), column_of(group, 2u), column_of(group, 3u));
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

// Where a filter lies on an image.
struct Place { image: u32, frame: u32, bin: u32 }

fn value_at_bin(row: u32, bin: u32) -> f32 {
    return left_scalar(row + min(bin, params.q - 1u));
}

// Responses at eight neighbouring bins.
struct Eight {
    s0: Sixteen, s1: Sixteen, s2: Sixteen, s3: Sixteen,
    s4: Sixteen, s5: Sixteen, s6: Sixteen, s7: Sixteen,
}

fn eight_responses(place: Place, at: SixteenAt) -> Eight {
    var s0 = Sixteen();
    var s1 = Sixteen();
    var s2 = Sixteen();
    var s3 = Sixteen();
    var s4 = Sixteen();
    var s5 = Sixteen();
    var s6 = Sixteen();
    var s7 = Sixteen();
    for (var frame = 0u; frame < params.frames; frame++) {
        let row = (place.image * params.t + place.frame + frame) * params.q;
        var start = frame * params.bins * params.width;
        var x0 = value_at_bin(row, place.bin + 0u);
        var x1 = value_at_bin(row, place.bin + 1u);
        var x2 = value_at_bin(row, place.bin + 2u);
        var x3 = value_at_bin(row, place.bin + 3u);
        var x4 = value_at_bin(row, place.bin + 4u);
        var x5 = value_at_bin(row, place.bin + 5u);
        var x6 = value_at_bin(row, place.bin + 6u);
        for (var bin = 0u; bin < params.bins; bin += 4u) {
            let x7 = value_at_bin(row, place.bin + bin + 7u);
            let x8 = value_at_bin(row, place.bin + bin + 8u);
            let x9 = value_at_bin(row, place.bin + bin + 9u);
            let x10 = value_at_bin(row, place.bin + bin + 10u);
            let w0 = load_sixteen(start, at);
            let w1 = load_sixteen(start + params.width, at);
            let w2 = load_sixteen(start + 2u * params.width, at);
            let w3 = load_sixteen(start + 3u * params.width, at);
            s0 = add_sixteen(s0, vec4f(x0, x1, x2, x3), w0, w1, w2, w3);
            s1 = add_sixteen(s1, vec4f(x1, x2, x3, x4), w0, w1, w2, w3);
            s2 = add_sixteen(s2, vec4f(x2, x3, x4, x5), w0, w1, w2, w3);
            s3 = add_sixteen(s3, vec4f(x3, x4, x5, x6), w0, w1, w2, w3);
            s4 = add_sixteen(s4, vec4f(x4, x5, x6, x7), w0, w1, w2, w3);
            s5 = add_sixteen(s5, vec4f(x5, x6, x7, x8), w0, w1, w2, w3);
            s6 = add_sixteen(s6, vec4f(x6, x7, x8, x9), w0, w1, w2, w3);
            s7 = add_sixteen(s7, vec4f(x7, x8, x9, x10), w0, w1, w2, w3);
            x0 = x4;
            x1 = x5;
            x2 = x6;
            x3 = x7;
            x4 = x8;
            x5 = x9;
            x6 = x10;
            start += 4u * params.width;
        }
    }
    return Eight(s0, s1, s2, s3, s4, s5, s6, s7);
}

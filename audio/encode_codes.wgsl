// What the triangle and the hard code make of responses: distances from the centroids, and the best
// filter of a place. In front of it: encode_responses.wgsl, encode_places.wgsl.
@group(0) @binding(2) var<storage, read> offsets: array<vec4f>; // [width]: less the filters' mean patch
@group(0) @binding(3) var<storage, read> norms: array<vec4f>;   // [width]: lengths of the centroids
@group(0) @binding(4) var<storage, read> given_squares: array<f32>;
@group(0) @binding(5) var<storage, read> given_mean: array<f32>;

// ---- Distances: the triangle code ----------------------------------------------------------------

// Padded filters have zero responses and offsets, and add nothing.
fn add_squares(sum: f32, s: Sixteen, at: SixteenAt, group: u32) -> f32 {
    let y0 = s.v0 + offsets[at.v0];
    let y1 = s.v1 + offsets[at.v1];
    let y2 = s.v2 + offsets[at.v2];
    let y3 = s.v3 + offsets[at.v3];
    // A vec4 past the end is the last one again: it must not count twice.
    let counts = vec4u(group) + vec4u(0u, 1u, 2u, 3u) * params.groups < vec4u(params.width);
    let lengths = vec4f(dot(y0, y0), dot(y1, y1), dot(y2, y2), dot(y3, y3));
    let kept = select(vec4f(), lengths, counts);
    return sum + kept.x + kept.y + kept.z + kept.w;
}

// Distances of a whitened patch of squared length `squared` from four centroids.
fn distances(squared: f32, responses: vec4f, column: u32) -> vec4f {
    let lengths = norms[column] * norms[column];
    let value = vec4f(squared) - 2.0 * (responses + offsets[column]) + lengths;
    return sqrt(select(value, vec4f(), value < vec4f())); // max() might hide a NaN
}

fn add_distances(sum: f32, squared: f32, responses: vec4f, column: u32, counts: bool) -> f32 {
    let is_filter = vec4u(4u * column) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.k);
    let kept = select(vec4f(), distances(squared, responses, column), is_filter & vec4<bool>(counts));
    return sum + kept.x + kept.y + kept.z + kept.w;
}

fn add_sixteen_distances(sum: f32, squared: f32, s: Sixteen, at: SixteenAt, group: u32) -> f32 {
    let counts = vec4u(group) + vec4u(0u, 1u, 2u, 3u) * params.groups < vec4u(params.width);
    let two = add_distances(
        add_distances(sum, squared, s.v0, at.v0, counts.x), squared, s.v1, at.v1, counts.y
    );
    return add_distances(
        add_distances(two, squared, s.v2, at.v2, counts.z), squared, s.v3, at.v3, counts.w
    );
}

// Squared length at a place; past the last bin that of the last one, which is not used.
fn squared_at(place: Place, i: u32) -> f32 {
    let bin = min(place.bin + i, params.places_q - 1u);
    return given_squares[element_of(Place(place.image, place.frame, bin))];
}

fn triangle_of(squared: f32, mean: f32, s: Sixteen, at: SixteenAt) -> Sixteen {
    return Sixteen(
        vec4f(mean) - distances(squared, s.v0, at.v0),
        vec4f(mean) - distances(squared, s.v1, at.v1),
        vec4f(mean) - distances(squared, s.v2, at.v2),
        vec4f(mean) - distances(squared, s.v3, at.v3),
    );
}

// The largest triangle code of a slot, before it is cut at 0.
fn larger_triangle(best: Sixteen, place: Place, i: u32, s: Sixteen, at: SixteenAt) -> Sixteen {
    if (place.bin + i >= params.places_q) { return best; }
    let mean = given_mean[element_of(place) + i];
    return larger_sixteen(best, triangle_of(squared_at(place, i), mean, s, at));
}

// ---- The best filter: the hard code --------------------------------------------------------------

struct Best { value: f32, filter_index: u32 }

// The larger value, the lower filter on ties. A NaN wins, and stays.
fn better(best: Best, value: f32, at: u32) -> Best {
    let is_nan = (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
    let wins = value > best.value || (value == best.value && at < best.filter_index) || is_nan;
    if (wins && at < params.k) { return Best(value, at); }
    return best;
}

fn better_of_four(best: Best, responses: vec4f, column: u32) -> Best {
    let values = responses + offsets[column];
    let first = 4u * column;
    let two = better(better(best, values.x, first), values.y, first + 1u);
    return better(better(two, values.z, first + 2u), values.w, first + 3u);
}

fn better_of_sixteen(best: Best, s: Sixteen, at: SixteenAt) -> Best {
    let two = better_of_four(better_of_four(best, s.v0, at.v0), s.v1, at.v1);
    return better_of_four(better_of_four(two, s.v2, at.v2), s.v3, at.v3);
}

// New points in a map that stays as it is: each has affinities to some of the map's points and is moved
// so that its Student weights, normalised over all of the map's points, come near them. A workgroup
// moves a point through some iterations; points know nothing of one another.
struct Params {
    m: u32,             // new points
    n: u32,             // points of the map
    k: u32,             // affinities of a new point
    iterations: u32,
    exaggeration: f32,  // factor of the affinities
    momentum: f32,
    learning_rate: f32,
    longest: f32,       // a longer gradient is cut to this length
}

@group(0) @binding(0) var<storage, read> map_points: array<vec2f>;          // [n]
@group(0) @binding(1) var<storage, read> neighbours: array<u32>;            // [m, k]
@group(0) @binding(2) var<storage, read> affinities: array<f32>;            // [m, k]
@group(0) @binding(3) var<storage, read_write> positions: array<vec2f>;     // [m]
@group(0) @binding(4) var<storage, read_write> velocities: array<vec2f>;    // [m]
@group(0) @binding(5) var<storage, read_write> gains: array<vec2f>;         // [m]
@group(1) @binding(0) var<uniform> params: Params;

var<workgroup> attraction: array<vec2f, 64>;
var<workgroup> repulsion: array<vec3f, 64>;

// Attraction in xy, repulsion not normalised and its normaliser in the other, the same in all lanes.
fn sum_lanes(local: u32, pull: vec2f, push: vec3f) {
    attraction[local] = pull;
    repulsion[local] = push;
    for (var stride = 32u; stride > 0u; stride /= 2u) {
        workgroupBarrier();
        if (local < stride) {
            attraction[local] += attraction[local + stride];
            repulsion[local] += repulsion[local + stride];
        }
    }
    workgroupBarrier();
}

@compute @workgroup_size(64)
fn place_points(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let i = workgroup_index(workgroup);
    if (i >= params.m) { return; }
    var here = positions[i];
    var velocity = velocities[i];
    var gain = gains[i];
    for (var t = 0u; t < params.iterations; t++) {
        var pull = vec2f();
        for (var e = i * params.k + local; e < (i + 1u) * params.k; e += 64u) {
            let d = here - map_points[neighbours[e]];
            pull = fma(vec2f(affinities[e] / (1.0 + dot(d, d))), d, pull);
        }
        var push = vec3f();
        for (var j = local; j < params.n; j += 64u) {
            let d = here - map_points[j];
            let weight = 1.0 / (1.0 + dot(d, d));
            push += vec3f(weight * weight * d, weight);
        }
        sum_lanes(local, pull, push);
        let sums = repulsion[0];
        var gradient = 2.0 * (params.exaggeration * attraction[0] - sums.xy / sums.z);
        gradient *= min(1.0, params.longest / max(length(gradient), 1e-30));
        workgroupBarrier(); // all have read the sums
        let same = (gradient > vec2f()) == (velocity > vec2f());
        gain = max(select(gain + 0.2, 0.8 * gain, same), vec2f(0.01));
        velocity = params.momentum * velocity - params.learning_rate * gain * gradient;
        here += velocity;
    }
    if (local == 0u) {
        positions[i] = here;
        velocities[i] = velocity;
        gains[i] = gain;
    }
}

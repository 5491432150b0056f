// The update of plain K-means: each centroid moves to the mean of its rows. Rows are (1, x, 0…) and
// centroids (-|c|²/2, c, 0…), so that the dot product of the two orders centroids by distance:
// |x - c|² = |x|² - 2 (x·c - |c|²/2).
struct Params {
    k: u32,     // centroids
    width: u32, // vec4 of a row
}

@group(0) @binding(0) var<storage, read> sums: array<vec4f>;            // [k, width]
@group(0) @binding(1) var<storage, read> members: array<u32>;           // [k]
@group(0) @binding(2) var<storage, read> drawn: array<vec4f>;           // [k, width]: for empty clusters
@group(0) @binding(3) var<storage, read_write> centroids: array<vec4f>; // [k, width]
@group(1) @binding(0) var<uniform> params: Params;

fn moved(cluster: u32, at: u32) -> vec4f {
    if (members[cluster] == 0u) { return drawn[at]; }
    return sums[at] / f32(members[cluster]);
}

// One centroid a thread: k d elements are few beside n k d products.
@compute @workgroup_size(64)
fn move_centroids(invocation: Invocation) {
    let cluster = thread_index(invocation);
    if (cluster >= params.k) { return; }
    let first = cluster * params.width;
    let head = vec4f(0.0, moved(cluster, first).yzw); // without the constant 1
    var squares = head * head;
    for (var at = first + 1u; at < first + params.width; at++) {
        let value = moved(cluster, at);
        squares = fma(value, value, squares);
        centroids[at] = value;
    }
    let squared = squares.x + squares.y + squares.z + squares.w;
    centroids[first] = vec4f(-0.5 * squared, head.yzw);
}

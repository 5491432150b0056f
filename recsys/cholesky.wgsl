// The systems of the rows of a sparse table, solved directly:
//   (G + regularisation I + sum s_e y_e y_eᵀ) x = sum (1 + s_e) y_e.
// One workgroup a row. The matrix lies in workgroup memory, the lower half row after row. For checking
// faster ways: each row costs k³ / 6 and holds up 64 lanes at every column.
struct Params {
    k: u32,                 // factors, a multiple of four, at most 64
    factors: u32,           // those that count
    count: u32,             // rows
    regularisation: f32,
}

@group(0) @binding(0) var<storage, read> fixed_side: array<f32>;            // [n, k]
@group(0) @binding(1) var<storage, read> gram: array<f32>;                  // [k, k]
@group(0) @binding(2) var<storage, read> entries: array<vec2u>;             // [e] row of y, bits of s
@group(0) @binding(3) var<storage, read> rows: array<vec4u>;                // [m] row, first, end, 0
@group(0) @binding(4) var<storage, read_write> solution: array<f32>;        // [u, k]
@group(1) @binding(0) var<uniform> params: Params;

var<workgroup> matrix: array<f32, 2080>;    // 64 * 65 / 2
var<workgroup> y: array<f32, 64>;
var<workgroup> x: array<f32, 64>;

fn place(row: u32, column: u32) -> u32 {
    return row * (row + 1u) / 2u + column;
}

@compute @workgroup_size(64)
fn solve_directly(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    // A workgroup past the last row repeats it: barriers must be met by all.
    let entry_range = rows[min(workgroup_index(workgroup), params.count - 1u)];
    let k = params.k;
    let factors = params.factors;
    for (var column = 0u; column <= local && local < factors; column++) {
        let added = select(0.0, params.regularisation, column == local);
        matrix[place(local, column)] = gram[local * k + column] + added;
    }
    var b = 0.0;
    for (var e = entry_range.y; e < entry_range.z; e++) {
        let entry = entries[e];
        workgroupBarrier();
        if (local < factors) { y[local] = fixed_side[entry.x * k + local]; }
        workgroupBarrier();
        let s = bitcast<f32>(entry.y);
        if (local < factors) { b = fma(1.0 + s, y[local], b); }
        for (var column = 0u; column <= local && local < factors; column++) {
            matrix[place(local, column)] += s * y[local] * y[column];
        }
    }
    // Column by column; x carries the right side along and becomes L^-1 b.
    for (var column = 0u; column < factors; column++) {
        if (local == column) {
            let root = sqrt(max(matrix[place(column, column)], 1e-30));
            matrix[place(column, column)] = root;
            x[column] = b / root;
        }
        workgroupBarrier();
        var own = 0.0;
        if (local > column && local < factors) {
            own = matrix[place(local, column)] / matrix[place(column, column)];
            matrix[place(local, column)] = own;
            b = fma(-own, x[column], b);
        }
        workgroupBarrier();
        for (var other = column + 1u; other <= local && local < factors; other++) {
            matrix[place(local, other)] -= own * matrix[place(other, column)];
        }
    }
    // Lᵀ x = L^-1 b, from the last row up.
    for (var step = 0u; step < factors; step++) {
        let row = factors - 1u - step;
        workgroupBarrier();
        if (local == row) { x[row] /= matrix[place(row, row)]; }
        workgroupBarrier();
        if (local < row) { x[local] = fma(-matrix[place(row, local)], x[row], x[local]); }
    }
    workgroupBarrier();
    if (local < k) {
        // A row without entries, whose right side is zero, must not become the zero of another sign.
        solution[entry_range.x * k + local] = select(0.0, x[local], local < factors && entry_range.y < entry_range.z);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A log of roots: who anchored which batch of records, and when.
/// @notice Anyone may anchor; a reader decides whose anchors count. The contract has no owner, cannot be changed,
/// takes no money and keeps nothing but who anchored which root and how many.
contract AnchorLog {
    /// A longer address is refused, so that nobody can make the log of a root too long to be read.
    uint256 private constant LONGEST_URI_BYTES = 2000;

    /// How many batches an issuer has anchored; `seq` of its newest anchor.
    mapping(address issuer => uint64 anchors) public anchors;

    /// Whether an issuer has anchored a root. Kept per issuer: a root that a stranger anchored first blocks nobody.
    mapping(address issuer => mapping(bytes32 root => bool)) public isAnchored;

    /// `seq` counts the anchors of one issuer from 1, so that a missing batch is seen.
    event Anchored(bytes32 indexed root, address indexed issuer, uint64 indexed seq, uint32 count, string uri);

    /// @param root RFC 9162 root of the batch.
    /// @param count Number of records in the batch.
    /// @param uri Where the batch is published; may be empty.
    function anchor(bytes32 root, uint32 count, string calldata uri) external {
        require(!isAnchored[msg.sender][root], "dup");
        require(bytes(uri).length <= LONGEST_URI_BYTES, "uri");
        isAnchored[msg.sender][root] = true;
        emit Anchored(root, msg.sender, ++anchors[msg.sender], count, uri);
    }
}

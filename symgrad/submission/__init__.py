"""Reading what students write: a file becomes lines, a line a chain of sides, a side a tree."""
